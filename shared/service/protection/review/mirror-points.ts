import type { ProtectedItem, RecoveryPoint } from '../../../contracts/catalogue/protected-item';
import type { RecoveryPointRecord } from '../../../contracts/replication/recovery-point-record';
import { everyResource, putResource, removeResource } from '../../catalogue/resources';
import { changeItem } from '../item-records';
import type { ProtectionOffice } from '../protection-ports';
import type { ReviewedItem } from './reviewed-item';

const comparedEveryInMs = 3_600_000;
const newestLooked = 20;

/**
 * Shows the recovery points of an item where the API lists them. New ones are shown when the newest changes; what was
 * pruned is taken away once an hour, when all are compared.
 */
export async function mirrorPoints(office: ProtectionOffice, reviewed: ReviewedItem): Promise<void> {
  const { itemId, item, records } = reviewed;
  const newest = records
    .map((record) => record?.lastPoint?.pointId ?? '')
    .toSorted()
    .join();
  const comparedAtInMs = Number(item['pointsComparedAtInMs'] ?? 0);
  const isDue = office.clock.now() - comparedAtInMs >= comparedEveryInMs;
  if (item['newestPoints'] === newest && !isDue) return;
  const points = await pointsOf(office, item, isDue ? undefined : newestLooked);
  for (const point of points.values()) await putPoint(office, reviewed, point);
  if (isDue) await removeOthers(office, itemId, new Set(points.keys()));
  await changeItem(office.records, itemId, () => ({
    newestPoints: newest,
    ...(isDue ? { pointsComparedAtInMs: office.clock.now() } : {}),
  }));
}

async function pointsOf(
  { replicas }: ProtectionOffice,
  { disks }: ProtectedItem,
  limit: number | undefined,
): Promise<Map<string, RecoveryPointRecord>> {
  const points = new Map<string, RecoveryPointRecord>();
  for (const { replicaId } of disks) {
    for (const point of await replicas.points(replicaId, limit)) {
      if (point.state === 'listed' && isOfMachine(point, disks)) points.set(point.pointId, point);
    }
  }
  return points;
}

/** A disk that joins cuts alone until it is whole: such a point recovers no machine, it has not the first disk. */
function isOfMachine({ members }: RecoveryPointRecord, disks: ProtectedItem['disks']): boolean {
  const first = disks.find(({ isOperatingSystem }) => isOperatingSystem) ?? disks[0];
  return first !== undefined && members.includes(first.replicaId);
}

async function putPoint(
  { records }: ProtectionOffice,
  { itemId, item }: ReviewedItem,
  point: RecoveryPointRecord,
): Promise<void> {
  const own = item.disks.filter(({ replicaId }) => point.members.includes(replicaId));
  const properties: RecoveryPoint = {
    timeInMs: point.timeInMs,
    kind: point.kind === 'app' ? 'ApplicationConsistent' : 'CrashConsistent',
    // Of a machine by itself the others are disks that have left it.
    isGroupPoint: item.multiVmGroupName !== undefined && point.members.length > own.length,
    diskIds: own.map(({ id }) => id),
    cutTimeInMs: point.cutTimeInMs,
  };
  await putResource(records, {
    id: `${itemId}/recoveryPoints/${point.pointId}`,
    name: point.pointId,
    type: 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/recoveryPoints',
    properties,
    instanceType: item.instanceType,
  });
}

async function removeOthers(
  { records }: ProtectionOffice,
  itemId: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  for await (const { resource } of everyResource(records, itemId, 'recoveryPoints')) {
    if (!kept.has(resource.name)) await removeResource(records, resource.id);
  }
}
