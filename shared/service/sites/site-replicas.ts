import { readReplicaRecord } from '../replica/replica-records';
import type { Replicas } from '../replicas';
import { KeptReplicas, type SitePorts } from './kept-replicas';
import { readKeptPoint } from './kept-points';

/**
 * All replicas, wherever they are kept. Those at a site are asked for through the desired state of the master target that keeps them,
 * and known by what it reports; the truth of them, and every byte, is there.
 */
export function replicasWithSites(ports: SitePorts): Replicas {
  const { own } = ports;
  const { records } = ports.replication;
  const kept = new KeptReplicas(ports);
  const at = async (replicaId: string): Promise<Replicas> =>
    (await readReplicaRecord(records, replicaId))?.keeper === undefined ? own : kept;
  const atPoint = async (pointId: string): Promise<Replicas> =>
    (await readKeptPoint(records, pointId)) === undefined ? own : kept;
  return {
    create: (request) => (request.keeper === undefined ? own : kept).create(request),
    read: async (replicaId) => (await at(replicaId)).read(replicaId),
    setPolicy: async (replicaId, policy) => (await at(replicaId)).setPolicy(replicaId, policy),
    setOwner: async (replicaId, ownerId) => (await at(replicaId)).setOwner(replicaId, ownerId),
    grow: async (replicaId, sizeBytes) => (await at(replicaId)).grow(replicaId, sizeBytes),
    report: async (report) => (await at(report.replicaId)).report(report),
    admitUpload: async (replicaId, epoch) => (await at(replicaId)).admitUpload(replicaId, epoch),
    startEpoch: async (request) => (await at(request.replicaId)).startEpoch(request),
    fence: async (replicaId, why) => (await at(replicaId)).fence(replicaId, why),
    drainNow: async (replicaId) => (await at(replicaId)).drainNow(replicaId),
    points: async (replicaId, limit) => (await at(replicaId)).points(replicaId, limit),
    point: async (pointId) => (await atPoint(pointId)).point(pointId),
    pinPoint: async (pointId, job) => (await atPoint(pointId)).pinPoint(pointId, job),
    unpinPoint: async (pointId, job) => (await atPoint(pointId)).unpinPoint(pointId, job),
    momentAt: async (replicaIds, timeInMs) => (await at(replicaIds[0] ?? '')).momentAt(replicaIds, timeInMs),
    materialise: async (request) => (await at(request.replicaId)).materialise(request),
    digests: async (replicaId, epoch, segment) => (await at(replicaId)).digests(replicaId, epoch, segment),
    remove: async (replicaId, job) => (await at(replicaId)).remove(replicaId, job),
  };
}
