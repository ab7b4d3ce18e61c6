import type { PointManifest, PointMember } from '../../contracts/replication/point-manifest';
import { isRefusal } from '../../errors';
import { closedNumber } from '../../model/position';
import { pointerName, pointName } from '../../model/target-names';
import { readAnchor } from '../logs/journal';
import type { ReplicationPorts } from '../replication-ports';
import { pointRecordKey } from './announce-point';
import { isStillAt } from './is-still-at';
import { changeManifest, manifestsOf, readManifest } from './manifests';

/** Decides that a listed point goes, unless a job pinned it. True when it may now be removed. */
export async function beginPruning(ports: ReplicationPorts, pointId: string): Promise<boolean> {
  const manifest = await changeManifest(ports.documents, pointId, (current) =>
    current?.state === 'listed' && current.pins.length === 0 ? { ...current, state: 'pruning' } : undefined,
  );
  return manifest?.state === 'pruning';
}

/**
 * Removes what is left of a point that is `pruning` or `void`: what held it, then what led to it, then its manifest. Can
 * be killed anywhere and done again. The journal's logs go by the tidying of the journal.
 */
export async function removePoint(ports: ReplicationPorts, pointId: string): Promise<void> {
  const tagged = await readManifest(ports.documents, pointId);
  if (tagged === undefined) return;
  const { manifest, etag } = tagged;
  if (manifest.state !== 'pruning' && manifest.state !== 'void') return;
  // The point leaves the catalogue first: what is shown there can be opened.
  for (const { replicaId } of manifest.members) {
    await ports.records.remove(pointRecordKey(replicaId, manifest));
  }
  for (const member of manifest.members) await removeHold(ports, manifest, member);
  // A worker that finds its replica at a marker with no manifest enters it anew: until it has left, the manifest says no.
  if (await isAnyStillThere(ports, manifest)) return;
  try {
    await ports.documents.remove(pointName(pointId), etag);
  } catch (error) {
    if (!isRefusal(error, 'PreconditionFailed')) throw error;
    return;
  }
  for (const { replicaId, position } of manifest.members) {
    if (position !== null) await ports.documents.remove(pointerName(replicaId, position, pointId));
  }
}

async function isAnyStillThere({ disks }: ReplicationPorts, { members }: PointManifest): Promise<boolean> {
  for (const { replicaId, position } of members) {
    if (position !== null && (await isStillAt(disks, replicaId, position))) return true;
  }
  return false;
}

/** All snapshots at the marker go, twins of the one in the manifest too, but for those that other points stand on. */
async function removeHold(
  ports: ReplicationPorts,
  manifest: PointManifest,
  { replicaId, position }: PointMember,
): Promise<void> {
  if (position === null) return;
  const number = closedNumber(position);
  const disk = ports.disks.open(replicaId);
  try {
    const atMarker = (await disk.snapshots()).filter((snapshot) => snapshot.number === number);
    if (atMarker.length === 0) return;
    const needed = await snapshotsInUse(ports, replicaId, manifest.pointId);
    for (const { id } of atMarker) {
      if (!needed.has(id)) await disk.removeSnapshot(id);
    }
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}

/** The snapshots of a replica that its points, but for one, stand on, and the one that the journal goes on from. */
export async function snapshotsInUse(
  ports: ReplicationPorts,
  replicaId: string,
  exceptPointId?: string,
): Promise<ReadonlySet<string>> {
  const inUse = new Set<string>();
  for (const { pointId, members } of await manifestsOf(ports.documents, replicaId)) {
    if (pointId === exceptPointId) continue;
    const hold = members.find((member) => member.replicaId === replicaId)?.hold;
    if (hold?.by === 'snapshot') inUse.add(hold.snapshotId);
    if (hold?.by === 'journal') inUse.add(hold.anchor.snapshotId);
  }
  const anchor = await readAnchor(ports.documents, replicaId);
  if (anchor !== undefined) inUse.add(anchor.snapshotId);
  return inUse;
}
