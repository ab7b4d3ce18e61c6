import type { PointManifest } from '../../contracts/replication/point-manifest';
import type { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import { isRefusal } from '../../errors';
import { positionOf } from '../../model/position';
import { pointerName, pointName } from '../../model/target-names';
import { readEpoch } from '../epochs/epoch-records';
import { announcePoint } from '../points/announce-point';
import { isStillAt } from '../points/is-still-at';
import { isUnconfirmed, pointersOf, readManifest } from '../points/manifests';
import { settlePoint, voidPoint } from '../points/settle-point';
import type { ReplicationPorts } from '../replication-ports';

/** Finishes what dead workers left half done, and gives up points that wait for a disk that can no longer get there. */
export async function settlePoints(
  ports: ReplicationPorts,
  replicaId: string,
  policy: ReplicaPolicy,
): Promise<void> {
  const now = ports.clock.now();
  const keptInMs = policy.retention.at(-1)?.untilAgeInMs ?? 0;
  for (const pointer of await pointersOf(ports.documents, replicaId)) {
    const manifest = (await readManifest(ports.documents, pointer.pointId))?.manifest;
    if (manifest === undefined) {
      await removeStalePointer(ports, replicaId, pointer);
    } else if (manifest.state === 'listed') {
      await announcePoint(ports, manifest);
    } else if (manifest.state === 'partial') {
      const isTooOld = now - manifest.createdAtMs > keptInMs;
      if (isTooOld || (await isHopeless(ports, manifest))) await voidPoint(ports, pointer.pointId);
      else await settlePoint(ports, pointer.pointId);
    }
  }
}

/**
 * A member that has begun a new epoch since the cut left the marker behind with the old one; and so did one that was entered and
 * not seen there since. A mistake costs one point, never a byte.
 */
async function isHopeless(ports: ReplicationPorts, manifest: PointManifest): Promise<boolean> {
  for (const member of manifest.members) {
    const { replicaId, hold, position } = member;
    if (hold === null && (await hasLeft(ports, replicaId, manifest.timeInMs))) return true;
    if (position === null || !isUnconfirmed(member)) continue;
    if (!(await isStillAt(ports.disks, replicaId, position))) return true;
  }
  return false;
}

async function hasLeft(ports: ReplicationPorts, replicaId: string, sinceMs: number): Promise<boolean> {
  try {
    const { number } = await ports.disks.open(replicaId).state();
    const epoch = await readEpoch(ports.documents, replicaId, positionOf(number).epoch);
    return epoch !== undefined && epoch.createdAtMs > sinceMs;
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return true;
    throw error;
  }
}

/** A pointer is written before its manifest, so one that leads nowhere is stale only once the replica has left its place. */
async function removeStalePointer(
  ports: ReplicationPorts,
  replicaId: string,
  { position, pointId }: { readonly position: { epoch: number; sequence: number }; readonly pointId: string },
): Promise<void> {
  const { number } = await ports.disks.open(replicaId).state();
  const at = positionOf(number);
  if (at.epoch === position.epoch && at.sequence <= position.sequence) return;
  if ((await ports.documents.get(pointName(pointId))) !== undefined) return;
  await ports.documents.remove(pointerName(replicaId, position, pointId));
}
