import type { ReplicaRecord } from '../contracts/replication/replica-record';
import { recoveryPointAgeInMs } from '../model/points/rpo';
import type { Clock } from '../ports/clock';
import type { Telemetry } from '../ports/telemetry';

interface Measuring {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

interface Measured {
  readonly rpoInMs?: number | undefined;
  readonly lagLogs?: number;
  readonly backlogBytes?: number;
}

/**
 * What a replica adds to the distributions of the whole installation, once a sweep: how old its newest point is, how many
 * logs are sealed and not yet durable, and how many bytes wait at the agent and in the cache. No series is of one machine.
 */
export function measureReplica(record: ReplicaRecord, { telemetry, clock }: Measuring): Measured {
  const { agent, durable, lastPoint, health, cachedBytes } = record;
  const about = { health };
  const rpoInMs = recoveryPointAgeInMs(clock.now(), lastPoint);
  if (rpoInMs !== undefined) telemetry.record('lifeboat.replica.rpo.ms', rpoInMs, about);
  if (agent === null) return { rpoInMs };
  const reached = durable?.epoch === agent.epoch ? durable.sequence : 0;
  const lagLogs = Math.max(0, agent.sealed - reached);
  const backlogBytes = agent.spooledBytes + cachedBytes;
  telemetry.record('lifeboat.replica.lag.logs', lagLogs, about);
  telemetry.record('lifeboat.replica.backlog.bytes', backlogBytes, about);
  return { rpoInMs, lagLogs, backlogBytes };
}
