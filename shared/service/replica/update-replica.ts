import { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isRefusal } from '../../errors';
import type { ReplicationPorts } from '../replication-ports';
import { healthCauses, worstOf } from './health';
import { replicaKey } from './replica-records';

/**
 * Changes a replica's record as it is now, judges its health anew, and tells subscribers when that changed. `change` answers
 * undefined to leave the record alone. A record that is gone stays gone: its replica was removed.
 */
export async function updateReplica(
  ports: ReplicationPorts,
  replicaId: string,
  change: (record: ReplicaRecord) => ReplicaRecord | undefined,
): Promise<ReplicaRecord | undefined> {
  const key = replicaKey(replicaId);
  for (;;) {
    const stored = await ports.records.get(key);
    if (stored === undefined) return undefined;
    const record = ReplicaRecord.parse(stored.body);
    const changed = change(record);
    if (changed === undefined) return record;
    const next = judged(changed, ports);
    await tell(ports, record, next);
    try {
      await ports.records.replace(key, next, stored.etag);
      return next;
    } catch (error) {
      if (!isRefusal(error, 'PreconditionFailed', 'NotFound')) throw error;
    }
  }
}

/** Judges health anew because time has passed. Writes only what changed. */
export async function refreshHealth(ports: ReplicationPorts, record: ReplicaRecord): Promise<void> {
  if (isSameJudgement(record, judged(record, ports))) return;
  await updateReplica(ports, record.replicaId, (current) => current);
}

function isSameJudgement(left: ReplicaRecord, right: ReplicaRecord): boolean {
  const [before, after] = [left, right].map(({ healthCauses: causes }) =>
    causes.map(({ code, severity }) => `${code} ${severity}`).join(),
  );
  return before === after;
}

function judged(record: ReplicaRecord, { clock, measures }: ReplicationPorts): ReplicaRecord {
  const now = clock.now();
  const causes = healthCauses(record, now, measures);
  const health = worstOf(causes);
  const healthSinceMs = health === record.health ? record.healthSinceMs : now;
  return { ...record, health, healthCauses: [...causes], healthSinceMs };
}

/** Told before it is written: a death in between tells it twice, under the same id. */
async function tell(
  { events, clock }: ReplicationPorts,
  before: ReplicaRecord,
  after: ReplicaRecord,
): Promise<void> {
  const { replicaId, ownerId } = after;
  const about = { subject: ownerId, timeInMs: clock.now() };
  if (before.health !== after.health) {
    await events.publish({
      ...about,
      id: `health-changed/${replicaId}/${before.healthSinceMs}`,
      type: 'lifeboat.health.changed',
      data: { replicaId, from: before.health, to: after.health, causes: after.healthCauses },
    });
  }
  if (!isLate(before) && isLate(after)) {
    await events.publish({
      ...about,
      id: `rpo-exceeded/${replicaId}/${after.lastPoint?.pointId ?? ''}`,
      type: 'lifeboat.rpo.exceeded',
      data: { replicaId, lastPoint: after.lastPoint, thresholdInMs: after.policy.rpoThresholdInMs },
    });
  }
}

function isLate({ healthCauses: causes }: ReplicaRecord): boolean {
  return causes.some(({ code }) => code === 'RpoExceeded');
}
