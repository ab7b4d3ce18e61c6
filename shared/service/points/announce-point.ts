import type { PointManifest } from '../../contracts/replication/point-manifest';
import { RecoveryPointRecord } from '../../contracts/replication/recovery-point-record';
import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import type { RecordKey } from '../../ports/records';
import { readReplicaRecord } from '../replica/replica-records';
import { updateReplica } from '../replica/update-replica';
import type { ReplicationPorts } from '../replication-ports';
import { memberOf } from './manifests';

/** Where the catalogue keeps a point of one replica; ids ascend as points were made. */
export function pointRecordKey(replicaId: string, manifest: PointManifest): RecordKey {
  const time = String(manifest.timeInMs).padStart(15, '0');
  return { partition: pointPartition(replicaId), id: `${time}.${manifest.pointId}` };
}

export function pointPartition(replicaId: string): string {
  return `recovery-points/${replicaId}`;
}

/**
 * Mirrors a point into the catalogue; a listed one also becomes an event and, once, the newest of its replicas. The record is written
 * last: where it is found, everything before it was done. A listed point counts from a barrier on.
 */
export async function announcePoint(ports: ReplicationPorts, manifest: PointManifest): Promise<void> {
  const missing: string[] = [];
  for (const { replicaId, hold } of manifest.members) {
    if (hold?.by !== 'released' && !(await isMirrored(ports, manifest, replicaId))) missing.push(replicaId);
  }
  if (missing.length === 0) return;
  if (manifest.state === 'listed') {
    await ports.barrier.pass();
    await publishCreated(ports, manifest);
  }
  for (const replicaId of missing) {
    if (manifest.state === 'listed') await noteNewest(ports, manifest, replicaId);
    await show(ports, manifest, replicaId);
  }
}

/** Whoever removes a replica takes its own record first and those of its points last: one of the two sees the other. */
async function show(
  { records }: ReplicationPorts,
  manifest: PointManifest,
  replicaId: string,
): Promise<void> {
  const key = pointRecordKey(replicaId, manifest);
  await records.put(key, pointRecord(manifest, replicaId));
  if ((await readReplicaRecord(records, replicaId)) === undefined) await records.remove(key);
}

/** Only members that hold the point show it: the others may not exist any more. */
async function isMirrored(
  { records }: ReplicationPorts,
  manifest: PointManifest,
  replicaId: string,
): Promise<boolean> {
  if (memberOf(manifest, replicaId)?.hold === null) return true;
  const stored = await records.get(pointRecordKey(replicaId, manifest));
  const known = RecoveryPointRecord.safeParse(stored?.body);
  const wanted = pointRecord(manifest, replicaId);
  return known.success && known.data.state === wanted.state && known.data.heldMembers === wanted.heldMembers;
}

function pointRecord(manifest: PointManifest, replicaId: string): RecoveryPointRecord {
  const member = memberOf(manifest, replicaId);
  return {
    pointId: manifest.pointId,
    replicaId,
    kind: manifest.kind,
    state: manifest.state === 'listed' ? 'listed' : 'partial',
    heldMembers: manifest.members.filter(({ hold }) => hold !== null).length,
    members: manifest.members.map((each) => each.replicaId),
    position: member?.position ?? null,
    chainHead: member?.chainHead ?? null,
    seenServiceTimeInMs: manifest.seenServiceTimeInMs,
    timeInMs: manifest.timeInMs,
    cutTimeInMs: manifest.cutTimeInMs,
  };
}

async function publishCreated({ records, events }: ReplicationPorts, manifest: PointManifest): Promise<void> {
  const [first] = manifest.members;
  const owner = first === undefined ? undefined : await readReplicaRecord(records, first.replicaId);
  await events.publish({
    id: `recovery-point-created/${manifest.pointId}`,
    type: 'lifeboat.recovery-point.created',
    subject: owner?.ownerId ?? `replicas/${first?.replicaId ?? ''}`,
    timeInMs: manifest.timeInMs,
    data: {
      pointId: manifest.pointId,
      kind: manifest.kind,
      timeInMs: manifest.timeInMs,
      members: manifest.members.map(({ replicaId, position, chainHead }) => ({
        replicaId,
        position,
        chainHead,
      })),
    },
  });
}

async function noteNewest(
  ports: ReplicationPorts,
  manifest: PointManifest,
  replicaId: string,
): Promise<void> {
  const { pointId, seenServiceTimeInMs, cutTimeInMs } = manifest;
  const epoch = memberOf(manifest, replicaId)?.position?.epoch ?? 0;
  const record = await readReplicaRecord(ports.records, replicaId);
  const isCopied = record?.copyingEpoch === epoch;
  if (record !== undefined && isCopied) await publishFinished(ports, record, epoch);
  await updateReplica(ports, replicaId, (current) => {
    const isNewer = (current.lastPoint?.seenServiceTimeInMs ?? -1) < seenServiceTimeInMs;
    if (!isNewer && !isCopied) return undefined;
    return {
      ...current,
      lastPoint: isNewer ? { pointId, seenServiceTimeInMs, cutTimeInMs } : current.lastPoint,
      // All that waited in the cache before the first point is in it.
      ...(current.copyingEpoch === epoch ? { copyingEpoch: null, cachedBytes: 0 } : {}),
    };
  });
}

async function publishFinished(
  { events, clock }: ReplicationPorts,
  { replicaId, ownerId }: ReplicaRecord,
  epoch: number,
): Promise<void> {
  await events.publish({
    id: `resync-finished/${replicaId}/${epoch}`,
    type: 'lifeboat.resync.finished',
    subject: ownerId,
    timeInMs: clock.now(),
    data: { replicaId, epoch },
  });
}
