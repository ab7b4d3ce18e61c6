import type { ReplicaRecord } from '../contracts/replication/replica-record';
import { recoveryPointAgeInMs } from '../model/points/rpo';
import type { Clock } from '../ports/clock';
import type { Telemetry } from '../ports/telemetry';

interface Measuring {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/**
 * What a replica adds to the distributions of the whole installation, once a sweep: how old its newest point is, how many
 * logs are sealed and not yet durable, and how many bytes wait at the agent and in the cache. No series is of one machine.
 */
export function measureReplica(record: ReplicaRecord, { telemetry, clock }: Measuring): void {
  const { agent, durable, lastPoint, health, cachedBytes } = record;
  const about = { health };
  const ageInMs = recoveryPointAgeInMs(clock.now(), lastPoint);
  if (ageInMs !== undefined) telemetry.record('lifeboat.replica.rpo.ms', ageInMs, about);
  if (agent === null) return;
  const reached = durable?.epoch === agent.epoch ? durable.sequence : 0;
  telemetry.record('lifeboat.replica.lag.logs', Math.max(0, agent.sealed - reached), about);
  telemetry.record('lifeboat.replica.backlog.bytes', agent.spooledBytes + cachedBytes, about);
}
