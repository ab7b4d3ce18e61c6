import type { Hold, PointManifest, PointMember } from '../../contracts/replication/point-manifest';
import type { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import { isRefusal } from '../../errors';
import type { Marker } from '../../model/change-log';
import type { Position } from '../../model/position';
import { pointerName } from '../../model/target-names';
import type { ReplicaState } from '../../ports/replica-disk';
import type { ReplicationPorts } from '../replication-ports';
import { noteAnchor, takeHold } from './take-hold';
import { isStillAt } from './is-still-at';
import { changeManifest, isUnconfirmed, memberOf, readManifest, withMember } from './manifests';
import { removePoint } from './remove-point';
import { settlePoint } from './settle-point';

/** A replica that is closed exactly at a log that carries a marker. */
export interface AtMarker {
  readonly replicaId: string;
  readonly marker: Marker;
  readonly position: Position;
  /** The digest of the log with the marker. */
  readonly chainHead: string;
  readonly state: ReplicaState;
  readonly policy: ReplicaPolicy;
}

/**
 * Holds the marker, or says in its manifest that it went by unheld. Always one of the two before the next log is opened:
 * so a replica found beyond a marker proves that the marker was dealt with. False when the replica has moved on: what was
 * entered after it left counts for nothing, because a tidying that ran meanwhile may have taken what holds it.
 */
export async function holdMarker(ports: ReplicationPorts, at: AtMarker): Promise<boolean> {
  const { marker, replicaId } = at;
  if (!marker.members.includes(replicaId)) return true;
  let manifest = (await readManifest(ports.documents, marker.id))?.manifest;
  if (manifest !== undefined && !isSameMarker(manifest, marker)) return true;
  if (manifest === undefined || isAwaited(manifest, replicaId)) {
    const hold = await takeHold(ports, at);
    if (hold === 'moved') return false;
    manifest = await enter(ports, at, hold);
  }
  const entry = manifest === undefined ? undefined : memberOf(manifest, replicaId);
  if (manifest?.state === 'partial' && entry !== undefined && isUnconfirmed(entry)) {
    if (!(await isStillAt(ports.disks, replicaId, at.position))) {
      await dropPoint(ports, marker.id, replicaId);
      return false;
    }
  }
  // Another worker's snapshot may have been entered instead of ours: only the one in the manifest stays.
  const held = entry?.hold;
  if (held?.by === 'snapshot' && at.policy.journal) await noteAnchor(ports, at, held.snapshotId);
  await settlePoint(ports, marker.id, replicaId);
  return true;
}

/** Unless another worker saw the replica at the marker before it left: then the point is what it should be. */
async function dropPoint(ports: ReplicationPorts, pointId: string, replicaId: string): Promise<void> {
  const manifest = await changeManifest(ports.documents, pointId, (current) => {
    const entry = current === undefined ? undefined : memberOf(current, replicaId);
    if (current?.state !== 'partial' || entry === undefined || !isUnconfirmed(entry)) return undefined;
    return { ...current, state: 'void' };
  });
  if (manifest?.state === 'void') await removePoint(ports, pointId);
}

function isAwaited(manifest: PointManifest, replicaId: string): boolean {
  return manifest.state === 'partial' && memberOf(manifest, replicaId)?.position === null;
}

/** A marker is what its manifest says; a log that says otherwise of the same id has no part in it. */
function isSameMarker(manifest: PointManifest, marker: Marker): boolean {
  return (
    manifest.kind === marker.kind &&
    manifest.members.length === marker.members.length &&
    manifest.members.every(({ replicaId }, index) => replicaId === marker.members[index])
  );
}

async function enter(
  ports: ReplicationPorts,
  at: AtMarker,
  hold: Hold | undefined,
): Promise<PointManifest | undefined> {
  const { documents, clock } = ports;
  const { replicaId, marker, position, chainHead } = at;
  try {
    await documents.create(pointerName(replicaId, position, marker.id), {});
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
  }
  const entry: PointMember = { replicaId, position: { ...position }, chainHead, hold: hold ?? null };
  return changeManifest(documents, marker.id, (manifest) => {
    const known = manifest ?? newManifest(marker, clock.now());
    if (!isSameMarker(known, marker) || !isAwaited(known, replicaId)) return undefined;
    const entered = withMember(known, entry);
    return hold === undefined ? { ...entered, state: 'void' } : entered;
  });
}

function newManifest(marker: Marker, nowInMs: number): PointManifest {
  const seenServiceTimeInMs = Math.min(marker.seenServiceTimeInMs, nowInMs);
  return {
    version: 1,
    pointId: marker.id,
    kind: marker.kind,
    state: 'partial',
    members: marker.members.map((replicaId) => ({ replicaId, position: null, chainHead: null, hold: null })),
    pins: [],
    seenServiceTimeInMs,
    timeInMs: Math.max(seenServiceTimeInMs, Math.min(marker.cutTimeInMs, nowInMs)),
    cutTimeInMs: marker.cutTimeInMs,
    createdAtMs: nowInMs,
  };
}
