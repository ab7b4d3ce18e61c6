import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isDormant } from '../../model/soft-delete';
import { allReplicaRecords } from '../replica/replica-records';
import { refreshHealth } from '../replica/update-replica';
import type { ReplicationPorts } from '../replication-ports';
import { spread } from '../spread';
import { tidyReplica } from './tidy-replica';

export interface Swept {
  readonly rung: number;
  readonly tidied: number;
  /** What went wrong with single replicas; the others were served all the same. */
  readonly failures: readonly { readonly replicaId: string; readonly error: unknown }[];
}

const sideBySide = 8;

/**
 * The safety net under doorbells, once a minute: rings for every replica whose agent claims more than was applied, is
 * silent, or whose back-off is over; judges health; and once an hour tidies each one up.
 */
export async function sweepReplicas(ports: ReplicationPorts): Promise<Swept> {
  const failures: { replicaId: string; error: unknown }[] = [];
  let rung = 0;
  let tidied = 0;
  await spread(allReplicaRecords(ports.records), sideBySide, async (record) => {
    if (isDormant(record)) return;
    try {
      ports.observe?.(record);
      if (record.keeper !== undefined) return await refreshHealth(ports, record);
      if (isDue(record, ports)) {
        await ports.doorbells.ring(record.replicaId);
        rung += 1;
      }
      await refreshHealth(ports, record);
      if (ports.clock.now() - record.tidiedAtMs >= ports.measures.tidyIntervalInMs) {
        await tidyReplica(ports, record);
        await ports.doorbells.ring(record.replicaId);
        tidied += 1;
      }
    } catch (error) {
      failures.push({ replicaId: record.replicaId, error });
    }
  });
  return { rung, tidied, failures };
}

function isDue(
  { failure, resyncNeeded, agent, applied, createdAtMs }: ReplicaRecord,
  ports: ReplicationPorts,
): boolean {
  const now = ports.clock.now();
  if (failure !== null) return !failure.isFinal && now >= failure.nextTryAtMs;
  // Every upload there may be is bad: one more rings for itself.
  if (resyncNeeded === 'corruptLog') return false;
  if (agent === null) return now - createdAtMs > ports.measures.silenceLimitInMs;
  if (now - agent.saidAtMs > ports.measures.silenceLimitInMs) return true;
  if (applied === null || agent.epoch > applied.epoch) return true;
  return agent.epoch === applied.epoch && agent.uploaded > applied.sequence;
}
