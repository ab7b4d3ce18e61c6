import type { DeletedItem } from '../../contracts/catalogue/deleted-item';
import { LifeboatError } from '../../errors';
import type { Records } from '../../ports/records';
import { readResource } from '../catalogue/resources';

/** Everything that a deleted item was protected with is there still. Refuses with what is not. */
export async function checkLinks(records: Records, { itemId, item }: DeletedItem): Promise<void> {
  const links = {
    container: itemId.split('/').slice(0, -2).join('/'),
    policy: item.policyId,
    mapping: item.mappingId,
  };
  for (const [name, id] of Object.entries(links)) {
    if (id === undefined || (await readResource(records, id)) !== undefined) continue;
    throw new LifeboatError('UndeleteBlocked', `The ${name} of the deleted item is gone: ${id}.`, {
      target: id,
    });
  }
}

/** Its name and its machine are free. Refuses with who has them. */
export async function checkPlace(records: Records, { itemId, item }: DeletedItem): Promise<void> {
  const machine =
    item.protectableItemId === undefined ? undefined : await readResource(records, item.protectableItemId);
  const holder = machine?.resource.properties['protectedItemId'];
  const taken = (await readResource(records, itemId)) === undefined ? holder : itemId;
  if (typeof taken !== 'string') return;
  throw new LifeboatError('UndeleteBlocked', `The machine is protected again, as "${taken}".`, {
    target: taken,
  });
}
