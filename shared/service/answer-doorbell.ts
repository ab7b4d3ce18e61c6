import type { ReplicaRecord } from '../contracts/replication/replica-record';
import { type ErrorCode, isRefusal, LifeboatError } from '../errors';
import { backOffInMs } from '../model/back-off';
import { drainReplica, type DrainOutcome } from './drain-replica';
import { readReplicaRecord } from './replica/replica-records';
import { rebuildRecord } from './replica/rebuild-record';
import { updateReplica } from './replica/update-replica';
import type { ReplicationPorts } from './replication-ports';
import { settleDrain } from './settle-drain';

/** What no try of ours can cure. */
const final: readonly ErrorCode[] = ['ReplicaInvalid', 'StorageForbidden'];

export type Answer =
  | { readonly kind: 'drained'; readonly outcome: DrainOutcome }
  /** Nobody protects this disk (any more). */
  | { readonly kind: 'unknown' }
  /** The last try failed; the sweep rings when the next is due. */
  | { readonly kind: 'waiting'; readonly untilMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Looks at a replica because somebody rang. A failure is remembered in the replica's record, never in the message: the bell is
 * answered either way, and an outage of any length heals by the sweep.
 */
export async function answerDoorbell(ports: ReplicationPorts, replicaId: string): Promise<Answer> {
  try {
    const record = await recordOf(ports, replicaId);
    // What is kept at a site is brought up to date there.
    if (record === undefined || record.keeper !== undefined) return { kind: 'unknown' };
    const untilMs = record.failure?.isFinal === true ? Infinity : (record.failure?.nextTryAtMs ?? 0);
    if (ports.clock.now() < untilMs) return { kind: 'waiting', untilMs };
    return { kind: 'drained', outcome: await drainNow(ports, record) };
  } catch (error) {
    await noteFailure(ports, replicaId, error);
    return { kind: 'failed', error };
  }
}

/** Drains, makes durable what was reached, and rings again if there was not time enough. */
export async function drainNow(ports: ReplicationPorts, record: ReplicaRecord): Promise<DrainOutcome> {
  const outcome = await drainReplica(ports, record.replicaId, record.policy);
  if (outcome.closed === undefined && record.applied !== null) {
    throw new LifeboatError('ReplicaInvalid', `The replica disk ${record.replicaId} is not there any more.`);
  }
  await settleDrain(ports, record, outcome);
  if (outcome.isUnfinished) await ports.doorbells.ring(record.replicaId);
  return outcome;
}

/** The catalogue's record; where the catalogue lost it, made anew from the target account. */
export async function recordOf(
  ports: ReplicationPorts,
  replicaId: string,
): Promise<ReplicaRecord | undefined> {
  return (await readReplicaRecord(ports.records, replicaId)) ?? (await rebuildRecord(ports, replicaId));
}

async function noteFailure(ports: ReplicationPorts, replicaId: string, error: unknown): Promise<void> {
  const now = ports.clock.now();
  try {
    await updateReplica(ports, replicaId, (record) => {
      const count = (record.failure?.count ?? 0) + 1;
      return {
        ...record,
        failure: {
          count,
          sinceMs: record.failure?.sinceMs ?? now,
          nextTryAtMs: now + backOffInMs(count),
          code: isRefusal(error) ? error.code : 'InternalError',
          isFinal: isRefusal(error, ...final),
          message: (error instanceof Error ? error.message : String(error)).slice(0, 500),
        },
      };
    });
  } catch {
    // The catalogue is out of reach too. Its record still says that the agent claims more, so the sweep rings again.
  }
}
