import { DeletedItem } from '../../contracts/catalogue/deleted-item';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal, LifeboatError } from '../../errors';
import type { Records } from '../../ports/records';
import { createResource, readResource } from '../catalogue/resources';

/** The deleted item of this id, or undefined once it has been undeleted or purged. */
export async function readDeleted(records: Records, id: string): Promise<DeletedItem | undefined> {
  const stored = await readResource(records, id);
  return stored === undefined ? undefined : DeletedItem.parse(stored.resource.properties);
}

export async function requireDeleted(records: Records, id: string): Promise<DeletedItem> {
  const deleted = await readDeleted(records, id);
  if (deleted !== undefined) return deleted;
  throw new LifeboatError('NotFound', 'The deleted item is gone: it was undeleted or purged.', {
    target: id,
  });
}

/** Writes a deleted item down, unless it is there already. Answers the one that is there. */
export async function createDeleted(
  records: Records,
  id: string,
  deleted: DeletedItem,
): Promise<DeletedItem> {
  try {
    await createResource(records, {
      id,
      name: id.split('/').at(-1) ?? '',
      type: 'Microsoft.RecoveryServices/vaults/deletedProtectedItems',
      properties: deleted,
    });
    return deleted;
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
    return requireDeleted(records, id);
  }
}

/** The item as it is born again. */
export function bornAgain({ itemId, item }: DeletedItem): Resource {
  return {
    id: itemId,
    name: itemId.split('/').at(-1) ?? '',
    type: 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems',
    properties: item,
  };
}

/** What of an item is worth keeping: what it is, and not what was going on with it. */
export function keptOf(item: ProtectedItem): ProtectedItem {
  const { hold: _, lastJob: __, recoveries: ___, ...kept } = item;
  return {
    ...kept,
    ...{ state: 'Protected', testFailover: 'None', resyncRequired: false },
    ...{ health: 'None', failoverHealth: 'None', healthErrors: [], validationErrors: [] },
    ...{ newestPoints: undefined, pointsComparedAtInMs: 0, validatedAtInMs: 0 },
  };
}
