import type { ReplicaReport } from '../../contracts/agent/report';
import type { ReplicaRecord, WantedLog } from '../../contracts/replication/replica-record';
import { LifeboatError } from '../../errors';
import { isResyncCheaper } from '../../model/resync/resync-rule';
import { recordOf } from '../answer-doorbell';
import type { ReplicaStatus } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { updateReplica } from './update-replica';

/** Takes down what an agent says of a replica, and answers with what the service knows of it. */
export async function reportStatus(ports: ReplicationPorts, report: ReplicaReport): Promise<ReplicaStatus> {
  const { replicaId, epoch, sealed, uploaded, spooledBytes } = report;
  await recordOf(ports, replicaId);
  const agent = { epoch, sealed, uploaded, spooledBytes, saidAtMs: ports.clock.now() };
  const record = await updateReplica(ports, replicaId, (current) => ({
    ...current,
    agent,
    resyncNeeded: current.resyncNeeded ?? (isHalfChanged(current, report) ? 'halfChanged' : null),
  }));
  if (record === undefined) throw new LifeboatError('NotFound', `There is no replica ${replicaId}.`);
  return {
    durable: record.durable,
    applied: record.applied,
    wants: await wantedOf(ports, record),
    cacheFull: record.cachedBytes >= record.policy.cacheQuotaBytes,
  };
}

/** Once the disk has been copied; before that, everything changes. */
function isHalfChanged(record: ReplicaRecord, { epoch, spooledBytes }: ReplicaReport): boolean {
  if (record.copyingEpoch !== null || record.applied?.epoch !== epoch) return false;
  return isResyncCheaper(spooledBytes + record.cachedBytes, record.sizeBytes);
}

/** What the last drain missed, if the agent says it sent it, and it has not arrived since. */
async function wantedOf(ports: ReplicationPorts, record: ReplicaRecord): Promise<WantedLog | null> {
  const { replicaId, missing, agent, applied } = record;
  if (missing === null || agent === null || applied === null) return null;
  if (agent.epoch !== applied.epoch || agent.uploaded < missing.sequence) return null;
  const arrived = await ports.cache.attempts(replicaId, applied.epoch, missing.sequence);
  if (arrived.some(({ attempt }) => attempt >= missing.attempt)) {
    await ports.doorbells.ring(replicaId);
    return null;
  }
  return { sequence: missing.sequence, attempt: missing.attempt };
}
