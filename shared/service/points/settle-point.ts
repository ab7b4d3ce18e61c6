import type { PointManifest, PointMember } from '../../contracts/replication/point-manifest';
import { isRefusal } from '../../errors';
import { pointName } from '../../model/target-names';
import { journalledLogs, wayFrom } from '../logs/journal';
import type { ReplicationPorts } from '../replication-ports';
import { announcePoint } from './announce-point';
import { changeManifest, isUnconfirmed, memberOf, readManifest, withMember } from './manifests';

/**
 * Brings a point as far as it can be brought: lists it once every member holds it, and tells of it once it is listed.
 * Safe to repeat; what a dead worker left undone is done by the next. Who has seen a replica at the marker after it was
 * entered says so by its id.
 */
export async function settlePoint(
  ports: ReplicationPorts,
  pointId: string,
  confirmedId?: string,
): Promise<void> {
  for (;;) {
    const tagged = await readManifest(ports.documents, pointId);
    if (tagged === undefined) return;
    const { manifest, etag } = tagged;
    if (manifest.state === 'listed') return announcePoint(ports, manifest);
    if (manifest.state !== 'partial') return;
    const next = await settled(ports, confirmedId === undefined ? manifest : confirm(manifest, confirmedId));
    if (next === manifest) return announcePoint(ports, manifest);
    try {
      await ports.documents.replace(pointName(pointId), next, etag);
    } catch (error) {
      if (!isRefusal(error, 'PreconditionFailed')) throw error;
    }
  }
}

function confirm(manifest: PointManifest, replicaId: string): PointManifest {
  const member = memberOf(manifest, replicaId);
  if (member === undefined || !isUnconfirmed(member)) return manifest;
  return withMember(manifest, { ...member, isConfirmed: true });
}

async function settled(ports: ReplicationPorts, manifest: PointManifest): Promise<PointManifest> {
  const isWhole = manifest.members.every((member) => member.hold !== null && !isUnconfirmed(member));
  if (!isWhole) return manifest;
  // A worker that slept since may have entered what was pruned long ago: what holds the point must be there.
  return { ...manifest, state: (await areAllThere(ports, manifest)) ? 'listed' : 'void' };
}

async function areAllThere(ports: ReplicationPorts, { members }: PointManifest): Promise<boolean> {
  for (const member of members) {
    if (!(await isThere(ports, member))) return false;
  }
  return true;
}

async function isThere(ports: ReplicationPorts, member: PointMember): Promise<boolean> {
  const { replicaId, hold, position } = member;
  if (hold === null || position === null) return false;
  if (hold.by === 'released') return true;
  const snapshotId = hold.by === 'snapshot' ? hold.snapshotId : hold.anchor.snapshotId;
  if (!(await hasSnapshot(ports, replicaId, snapshotId))) return false;
  if (hold.by === 'snapshot') return true;
  const logs = await journalledLogs(ports.documents, replicaId, position.epoch);
  return wayFrom(hold.anchor.sequence, position, logs) !== undefined;
}

async function hasSnapshot(ports: ReplicationPorts, replicaId: string, snapshotId: string): Promise<boolean> {
  try {
    const snapshots = await ports.disks.open(replicaId).snapshots();
    return snapshots.some(({ id }) => id === snapshotId);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return false;
    throw error;
  }
}

/** A point that waits for a member that can no longer get there never becomes whole. */
export async function voidPoint(ports: ReplicationPorts, pointId: string): Promise<void> {
  await changeManifest(ports.documents, pointId, (manifest) =>
    manifest?.state === 'partial' ? { ...manifest, state: 'void' } : undefined,
  );
}
