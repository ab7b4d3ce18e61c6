import { searchTag, type OwnerFilter } from '../../contracts/compute/owner';
import type { MadeResource } from '../../contracts/compute/target-machine';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor } from './arm-refusals';

/** Versions of the API that things are removed by. */
const versions: Readonly<Record<string, string>> = {
  'microsoft.compute/virtualmachines': '2024-07-01',
  'microsoft.compute/disks': '2024-03-02',
  'microsoft.compute/snapshots': '2024-03-02',
  'microsoft.compute/availabilitysets': '2024-07-01',
};
const networkVersion = '2024-05-01';

/** In this order, so that nothing is removed while something else uses it. */
const order = [
  'microsoft.compute/virtualmachines',
  'microsoft.network/networkinterfaces',
  'microsoft.network/publicipaddresses',
  'microsoft.compute/disks',
  'microsoft.compute/availabilitysets',
  'microsoft.network/virtualnetworks',
  'microsoft.network/networksecuritygroups',
];
const groupType = 'Microsoft.Resources/resourceGroups';

/** Finds by its tag what was made for an owner, in the subscription of its vault and in these. */
export class MadeResources {
  constructor(
    private readonly clients: ArmClients,
    private readonly subscriptions: readonly string[],
  ) {}

  async list(owner: OwnerFilter): Promise<readonly MadeResource[]> {
    const found: MadeResource[] = [];
    for (const subscription of this.#subscriptionsFor(owner)) {
      found.push(...(await asking(this.#listIn(subscription, owner))));
    }
    return found;
  }

  /** Says what is left. A group goes once it is empty. */
  async remove(owner: OwnerFilter): Promise<readonly MadeResource[]> {
    const found = await this.list(owner);
    const things = found
      .filter(({ type }) => type !== groupType)
      .toSorted((left, right) => rank(left) - rank(right));
    const refusals: unknown[] = [];
    for (const thing of things) {
      try {
        await this.removeById(thing.id);
      } catch (error) {
        refusals.push(error);
      }
    }
    // That nothing at all would go is no answer but a refusal.
    if (things.length > 0 && refusals.length === things.length) throw refusals[0];
    for (const { id } of found.filter(({ type }) => type === groupType)) await this.#removeIfEmpty(id);
    return things.length === 0 ? [] : (await this.list(owner)).filter(({ type }) => type !== groupType);
  }

  /** Safe to repeat. */
  async removeById(id: string): Promise<void> {
    const { subscription, type } = parseArmId(id);
    const version = versions[type.toLowerCase()] ?? networkVersion;
    const { resources } = this.clients.resources(subscription);
    await askingFor(resources.beginDeleteByIdAndWait(id, version, this.clients.polling));
  }

  async #removeIfEmpty(groupId: string): Promise<void> {
    const { subscription, group } = parseArmId(groupId);
    const { resources, resourceGroups } = this.clients.resources(subscription);
    const first = await askingFor(resources.listByResourceGroup(group, { top: 1 }).next());
    if (first?.done !== true) return;
    await askingFor(resourceGroups.beginDeleteAndWait(group, this.clients.polling));
  }

  async #listIn(subscription: string, owner: OwnerFilter): Promise<MadeResource[]> {
    const { name, value } = searchTag(owner);
    const filter = `tagName eq '${name}' and tagValue eq '${value.replaceAll("'", "''")}'`;
    const { resources, resourceGroups } = this.clients.resources(subscription);
    const found: MadeResource[] = [];
    for await (const { id = '', type = '' } of resources.list({ filter })) found.push({ id, type });
    for await (const { id = '' } of resourceGroups.list({ filter })) found.push({ id, type: groupType });
    return found;
  }

  #subscriptionsFor({ vaultId }: OwnerFilter): readonly string[] {
    const [, own] = /^\/?subscriptions\/([^/]+)/i.exec(vaultId) ?? [];
    const all = [...(own === undefined ? [] : [own]), ...this.subscriptions];
    return [...new Set(all.map((id) => id.toLowerCase()))];
  }
}

function rank({ type }: MadeResource): number {
  const index = order.indexOf(type.toLowerCase());
  return index < 0 ? order.length : index;
}
