import type { ReplicaReport } from '../../contracts/agent/report';
import type { ReplicaRecord, WantedLog } from '../../contracts/replication/replica-record';
import { LifeboatError } from '../../errors';
import { churnAfter } from '../../model/churn';
import { isResyncCheaper } from '../../model/resync/resync-rule';
import { recordOf } from '../answer-doorbell';
import type { ReplicaStatus } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { updateReplica } from './update-replica';

/** Takes down what an agent says of a replica, and answers with what the service knows of it. */
export async function reportStatus(ports: ReplicationPorts, report: ReplicaReport): Promise<ReplicaStatus> {
  const { replicaId, epoch, sealed, uploaded, spooledBytes } = report;
  await recordOf(ports, replicaId);
  const saidAtMs = ports.clock.now();
  const said = { epoch, sealed, uploaded, spooledBytes, saidAtMs };
  const record = await updateReplica(ports, replicaId, (current) => ({
    ...current,
    agent: {
      ...said,
      churnBytesPerSecond: churnAfter(current.agent, report.churnBytes, saidAtMs),
      toldSequence: durableIn(current, epoch),
      ...missedBy(current, report, saidAtMs),
    },
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

/** The log that the agent has sent and no drain has found, with when it was said first. It may be on its way, or be waiting its turn. */
function missedBy(
  { missing, applied, agent }: ReplicaRecord,
  { epoch, uploaded }: ReplicaReport,
  nowInMs: number,
): Pick<NonNullable<ReplicaRecord['agent']>, 'missed'> {
  if (missing === null || applied?.epoch !== epoch || uploaded < missing.sequence) return {};
  const { sequence } = missing;
  const known = agent?.epoch === epoch && agent.missed?.sequence === sequence ? agent.missed : undefined;
  return { missed: known ?? { sequence, sinceMs: nowInMs } };
}

function durableIn({ durable }: ReplicaRecord, epoch: number): number {
  return durable?.epoch === epoch ? durable.sequence : 0;
}

/** Once the disk has been copied; before that, everything changes. */
function isHalfChanged(record: ReplicaRecord, report: ReplicaReport): boolean {
  const { copyingEpoch, applied, cachedBytes, sizeBytes } = record;
  if (copyingEpoch !== null || applied?.epoch !== report.epoch) return false;
  const waitsInCache = report.uploaded > applied.sequence ? cachedBytes : 0;
  return isResyncCheaper(waitingBytes(record, report) + waitsInCache, sizeBytes);
}

/** What the spool holds that is not in the replica: the agent frees the rest when it is told that it may. */
function waitingBytes(record: ReplicaRecord, { epoch, sealed, spooledBytes }: ReplicaReport): number {
  const durable = durableIn(record, epoch);
  const told = record.agent?.epoch === epoch ? (record.agent.toldSequence ?? 0) : 0;
  if (sealed <= durable) return 0;
  return (spooledBytes * (sealed - durable)) / (sealed - Math.min(told, durable));
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
