import { RecoveryPointRecord } from '../contracts/replication/recovery-point-record';
import { ReplicaDescriptor, type ReplicaPolicy } from '../contracts/replication/replica-policy';
import { isRefusal, LifeboatError } from '../errors';
import { positionOf } from '../model/position';
import { descriptorName } from '../model/target-names';
import { drainNow, recordOf } from './answer-doorbell';
import { startEpoch } from './epochs/start-epoch';
import { pointPartition } from './points/announce-point';
import { readManifest } from './points/manifests';
import { materialise } from './points/materialise';
import { momentAt } from './points/moment-at';
import { pinPoint, unpinPoint } from './points/pin-point';
import { admitUpload } from './replica/admit-upload';
import { createReplica } from './replica/create-replica';
import { removeReplica } from './replica/remove-replica';
import { reportStatus } from './replica/report-status';
import { updateReplica } from './replica/update-replica';
import type { Drained, Replicas } from './replicas';
import type { ReplicationPorts } from './replication-ports';
import { digestSegment } from './resync/digest-segment';

/** Replicas and their recovery points, on these ports. */
export function createReplicas(ports: ReplicationPorts): Replicas {
  return {
    create: (request) => createReplica(ports, request),
    read: (replicaId) => recordOf(ports, replicaId),
    setPolicy: (replicaId, policy) => describe(ports, replicaId, { policy }),
    setOwner: (replicaId, ownerId) => describe(ports, replicaId, { ownerId }),
    grow: (replicaId, sizeBytes) => growReplica(ports, replicaId, sizeBytes),
    report: (report) => reportStatus(ports, report),
    admitUpload: (replicaId, epoch) => admitUpload(ports, replicaId, epoch),
    startEpoch: (request) => startEpoch(ports, request),
    fence: (replicaId, why) => startEpoch(ports, { replicaId, kind: 'stop', ...why }),
    drainNow: (replicaId) => drain(ports, replicaId),
    points: (replicaId, limit) => newestPoints(ports, replicaId, limit),
    point: async (pointId) => (await readManifest(ports.documents, pointId))?.manifest,
    pinPoint: (pointId, job) => pinPoint(ports, pointId, job),
    unpinPoint: (pointId, job) => unpinPoint(ports, pointId, job),
    momentAt: (replicaIds, timeInMs) => momentAt(ports, replicaIds, timeInMs),
    materialise: (request) => materialise(ports, request),
    digests: (replicaId, epoch, segment) => digestSegment(ports, { replicaId, epoch, segment }),
    remove: (replicaId, job) => removeReplica(ports, replicaId, job),
  };
}

/** The truth is changed first: a record rebuilt from it must not bring back what was before. */
async function describe(
  ports: ReplicationPorts,
  replicaId: string,
  changes: { readonly policy?: ReplicaPolicy; readonly ownerId?: string },
): Promise<void> {
  const name = descriptorName(replicaId);
  const document = await ports.documents.get(name);
  if (document === undefined) throw new LifeboatError('NotFound', `There is no replica ${replicaId}.`);
  const descriptor = { ...ReplicaDescriptor.parse(document.body), ...changes };
  await ports.documents.replace(name, descriptor, document.etag);
  await ports.barrier.pass();
  await updateReplica(ports, replicaId, (record) => ({ ...record, ...changes }));
}

async function growReplica(ports: ReplicationPorts, replicaId: string, sizeBytes: number): Promise<void> {
  for (;;) {
    const state = await ports.disks.open(replicaId).state();
    if (state.sizeBytes >= sizeBytes) break;
    try {
      await ports.disks.grow(replicaId, sizeBytes, state.etag);
    } catch (error) {
      if (!isRefusal(error, 'StaleWriter')) throw error;
    }
  }
  // From the answer on the agent sends logs of the larger disk.
  await ports.barrier.pass();
  await updateReplica(ports, replicaId, (record) =>
    record.sizeBytes >= sizeBytes ? undefined : { ...record, sizeBytes },
  );
}

async function drain(ports: ReplicationPorts, replicaId: string): Promise<Drained> {
  const record = await recordOf(ports, replicaId);
  if (record === undefined) throw new LifeboatError('NotFound', `There is no replica ${replicaId}.`);
  const { closed, appliedLogs } = await drainNow(ports, record);
  if (closed !== undefined) return { reached: closed, appliedLogs };
  const { number } = await ports.disks.open(replicaId).state();
  return { reached: number === 0 ? undefined : positionOf(number), appliedLogs };
}

async function newestPoints(
  { records }: ReplicationPorts,
  replicaId: string,
  limit?: number,
): Promise<readonly RecoveryPointRecord[]> {
  const points: RecoveryPointRecord[] = [];
  let continuation: string | undefined;
  do {
    const page = await records.list(pointPartition(replicaId), {
      descending: true,
      ...(limit === undefined ? {} : { limit: limit - points.length }),
      ...(continuation === undefined ? {} : { continuation }),
    });
    points.push(...page.records.map(({ body }) => RecoveryPointRecord.parse(body)));
    continuation = page.continuation;
  } while (continuation !== undefined && (limit === undefined || points.length < limit));
  return points;
}
