import { isErrorCode } from '../../errors';
import { refusals } from '../../refusals';
import type { Health, HealthCause, ReplicaRecord } from '../../contracts/replication/replica-record';
import { recoveryPointAgeInMs } from '../../model/points/rpo';
import { isDormant } from '../../model/soft-delete';
import type { ReplicationMeasures } from '../replication-ports';

/** Tries that fail for longer than this are a matter for a person. */
const patienceInMs = 30 * 60_000;
/** What was sent longer ago than this is neither on its way nor waiting its turn. */
const arrivalLimitInMs = 2 * 60_000;

/** Everything that is wrong with a replica, worst first, each with what can be done about it. Of a dormant one nothing is expected. */
export function healthCauses(
  record: ReplicaRecord,
  nowInMs: number,
  measures: ReplicationMeasures,
): readonly HealthCause[] {
  if (isDormant(record)) return [];
  const causes = [
    resyncCause(record),
    missingCause(record, nowInMs, measures),
    failureCause(record, nowInMs),
    rpoCause(record, nowInMs),
    cacheCause(record),
    silenceCause(record, nowInMs, measures),
  ].filter((cause) => cause !== undefined);
  return causes.toSorted((left, right) => rank(right.severity) - rank(left.severity));
}

export function worstOf(causes: readonly HealthCause[]): Health {
  return causes[0]?.severity ?? 'Normal';
}

function rank(severity: HealthCause['severity']): number {
  return severity === 'Critical' ? 1 : 0;
}

function resyncCause({ resyncNeeded }: ReplicaRecord): HealthCause | undefined {
  if (resyncNeeded === null) return undefined;
  return {
    code: 'ResyncNeeded',
    severity: 'Critical',
    message: 'The stream of changes cannot be followed any further.',
    action: 'Start a resync of the replica; recovery points taken before stay as they are.',
  };
}

function missingCause(
  { missing, agent }: ReplicaRecord,
  nowInMs: number,
  { attemptLimit }: ReplicationMeasures,
): HealthCause | undefined {
  if (missing === null) return undefined;
  if (missing.faults.length >= attemptLimit) {
    return {
      code: 'LogQuarantined',
      severity: 'Critical',
      message: `Every upload of change log ${missing.sequence} is bad: ${missing.faults.join(', ')}.`,
      action: 'Start a resync of the replica.',
    };
  }
  const { missed } = agent ?? {};
  const isLost = missed?.sequence === missing.sequence && nowInMs - missed.sinceMs > arrivalLimitInMs;
  if (!isLost && missing.faults.length === 0) return undefined;
  return {
    code: 'LogMissing',
    severity: 'Warning',
    message: `Change log ${missing.sequence} was sent, and did not arrive whole.`,
    action: 'Nothing: the agent is asked to send it again.',
  };
}

function failureCause({ failure }: ReplicaRecord, nowInMs: number): HealthCause | undefined {
  if (failure === null) return undefined;
  if (failure.isFinal && isErrorCode(failure.code)) {
    const { code, message } = failure;
    return { code, severity: 'Critical', message, action: refusals[code].action };
  }
  return {
    code: 'ReplicationFailing',
    severity: nowInMs - failure.sinceMs > patienceInMs ? 'Critical' : 'Warning',
    message: `Applying changes failed ${failure.count} times in a row: ${failure.message}`,
    action: 'Look at the health of the cache and target storage accounts; lifeboat goes on trying.',
  };
}

function rpoCause(record: ReplicaRecord, nowInMs: number): HealthCause | undefined {
  const ageInMs = recoveryPointAgeInMs(nowInMs, record.lastPoint);
  if (ageInMs === undefined || ageInMs <= record.policy.rpoThresholdInMs) return undefined;
  return {
    code: 'RpoExceeded',
    severity: ageInMs > 4 * record.policy.rpoThresholdInMs ? 'Critical' : 'Warning',
    message: 'The newest recovery point is older than the policy allows.',
    action: 'Look at the agent, its network, and the other causes named here.',
  };
}

function cacheCause({ cachedBytes, policy }: ReplicaRecord): HealthCause | undefined {
  if (cachedBytes < policy.cacheQuotaBytes) return undefined;
  return {
    code: 'CacheFull',
    severity: 'Warning',
    message: 'Change logs wait in the cache up to its quota; the agent keeps new ones in its spool.',
    action: 'Look at why the replica does not follow, or raise the quota in the policy.',
  };
}

function silenceCause(
  { agent, createdAtMs }: ReplicaRecord,
  nowInMs: number,
  { silenceLimitInMs }: ReplicationMeasures,
): HealthCause | undefined {
  const silentInMs = nowInMs - (agent?.saidAtMs ?? createdAtMs);
  if (silentInMs <= silenceLimitInMs) return undefined;
  return {
    code: 'AgentSilent',
    severity: silentInMs > 4 * silenceLimitInMs ? 'Critical' : 'Warning',
    message: 'The agent of this disk has not reported.',
    action: 'Make sure that the machine runs, and that its agent reaches the service over HTTPS.',
  };
}
