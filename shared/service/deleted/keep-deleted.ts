import type { DeletedItem } from '../../contracts/catalogue/deleted-item';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { scenarios } from '../../model/scenarios';
import { stateOf } from '../../model/scenarios/allowed';
import { deletedItemId } from '../../model/soft-delete';
import { vaultIdOf } from '../protection/item-records';
import type { ProtectionPorts } from '../protection/protection-ports';
import { createDeleted, keptOf, readDeleted } from './deleted-records';
import { noteDue } from './due-dates';
import { pinSharedPoints } from './shared-points';
import { softDeleteOf } from './soft-delete-of';
import { unlessGone } from './unless-gone';

const dayInMs = 86_400_000;

interface Ending {
  readonly itemId: string;
  readonly item: ProtectedItem;
  readonly job: string;
}

/**
 * Keeps an item whose protection ends, where its vault has soft delete: from then on its replicas belong to the deleted item. Answers
 * false where everything of it is to go. Once begun it is gone through with, whatever the vault says by then. Safe to repeat.
 */
export async function keepDeleted(ports: ProtectionPorts, ending: Ending): Promise<boolean> {
  const { records, replicas } = ports;
  const { itemId, item, job } = ending;
  const id = deletedItemId(vaultIdOf(itemId), item.internalId);
  const deleted = (await readDeleted(records, id)) ?? (await newlyDeleted(ports, ending));
  if (deleted === undefined) return false;
  const { purgeAtInMs } = await createDeleted(records, id, deleted);
  const isShared = item.multiVmGroupName !== undefined;
  const pinnedReplicaIds = isShared ? item.disks.map(({ replicaId }) => replicaId) : [];
  await noteDue(records, purgeAtInMs, { deletedItemId: id, pinnedReplicaIds });
  if (isShared) await pinSharedPoints(replicas, item);
  for (const { replicaId } of item.disks) {
    const record = await replicas.read(replicaId);
    if (record === undefined) continue;
    await unlessGone(replicas.fence(replicaId, { reason: 'disable', job }));
    if (record.ownerId !== id) await unlessGone(replicas.setOwner(replicaId, id));
  }
  return true;
}

/**
 * There is something to come back to: a recovery point, of a machine that runs where it was protected. One that was failed over
 * runs on at its target, and what a site of its own keeps is that site's.
 */
async function newlyDeleted(
  ports: ProtectionPorts,
  { itemId, item }: Ending,
): Promise<DeletedItem | undefined> {
  const softDelete = await softDeleteOf(ports.records, vaultIdOf(itemId));
  const isAtHome = stateOf(scenarios[item.scenario], item.state).active === 'Primary';
  if (softDelete === undefined || !isAtHome || item.keeperId !== undefined || item['home'] !== undefined)
    return undefined;
  if (!(await hasPoint(ports, item))) return undefined;
  const deletedAtInMs = ports.clock.now();
  const { friendlyName } = item;
  return {
    ...{ friendlyName, itemId, item: keptOf(item), deletedAtInMs },
    purgeAtInMs: deletedAtInMs + softDelete.retainDays * dayInMs,
  };
}

async function hasPoint({ replicas }: ProtectionPorts, { disks }: ProtectedItem): Promise<boolean> {
  for (const { replicaId } of disks) {
    const record = await replicas.read(replicaId);
    if (record !== undefined && record.lastPoint !== null) return true;
  }
  return false;
}
