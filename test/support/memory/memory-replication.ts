import { ReplicaPolicy } from '../../../shared/contracts/replication/replica-policy';
import type { LifeboatEvent } from '../../../shared/ports/events';
import { createReplicas } from '../../../shared/service/create-replicas';
import {
  usualMeasures,
  type ReplicationMeasures,
  type ReplicationPorts,
} from '../../../shared/service/replication-ports';
import type { Replicas } from '../../../shared/service/replicas';
import { MemoryRecords } from '../memory-records';
import { MemoryLogCache } from './memory-log-cache';
import { MemoryReplicaDisks } from './memory-replica-disks';
import { MemoryTarget } from './memory-target';
import { MemoryTargetDocuments } from './memory-target-documents';

/** Replication on stores in memory, with everything in reach. */
export interface MemoryReplication {
  readonly ports: ReplicationPorts;
  readonly replicas: Replicas;
  readonly target: MemoryTarget;
  readonly events: LifeboatEvent[];
  readonly bells: string[];
  readonly clock: { nowInMs: number };
}

export const everyPoint = ReplicaPolicy.parse({ retention: [{ untilAgeInMs: 3_600_000, everyInMs: 0 }] });

export function memoryReplication(measures: Partial<ReplicationMeasures> = {}): MemoryReplication {
  const target = new MemoryTarget();
  const events: LifeboatEvent[] = [];
  const bells: string[] = [];
  const clock = { nowInMs: 1_700_000_000_000 };
  let ids = 0;
  const ports: ReplicationPorts = {
    disks: new MemoryReplicaDisks(target),
    cache: new MemoryLogCache(),
    documents: new MemoryTargetDocuments(target),
    barrier: { pass: async () => target.save() },
    doorbells: { ring: async (replicaId) => void bells.push(replicaId) },
    records: new MemoryRecords(),
    events: { publish: async (event) => void events.push(event) },
    clock: { now: () => clock.nowInMs, sleep: () => Promise.resolve() },
    ids: { uuid: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}` },
    measures: { ...usualMeasures, ...measures },
  };
  return { ports, replicas: createReplicas(ports), target, events, bells, clock };
}
