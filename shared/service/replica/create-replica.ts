import type { ReplicaDescriptor } from '../../contracts/replication/replica-policy';
import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isRefusal } from '../../errors';
import { descriptorName } from '../../model/target-names';
import type { CreateReplica } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { readReplicaRecord, replicaKey } from './replica-records';

/** A disk of zeros, what it is for beside it, and its record. No epoch yet: nothing is taken before one starts. */
export async function createReplica(ports: ReplicationPorts, request: CreateReplica): Promise<ReplicaRecord> {
  const { replicaId, sizeBytes, ownerId, policy } = request;
  const createdAtMs = ports.clock.now();
  const descriptor: ReplicaDescriptor = { version: 1, replicaId, ownerId, policy, createdAtMs };
  await unlessThere(() => ports.documents.create(descriptorName(replicaId), descriptor));
  await ports.disks.create(replicaId, sizeBytes);
  await ports.barrier.pass();
  await unlessThere(() => ports.records.create(replicaKey(replicaId), newRecord(descriptor, sizeBytes)));
  return (await readReplicaRecord(ports.records, replicaId)) ?? newRecord(descriptor, sizeBytes);
}

export function newRecord(descriptor: ReplicaDescriptor, sizeBytes: number): ReplicaRecord {
  const { replicaId, ownerId, policy, createdAtMs } = descriptor;
  return {
    ...{ replicaId, ownerId, sizeBytes, policy, createdAtMs },
    ...{ applied: null, durable: null, missing: null, failure: null, resyncNeeded: null, copyingEpoch: null },
    ...{ lastPoint: null, agent: null, cachedBytes: 0, tidiedAtMs: createdAtMs },
    ...{ health: 'Normal', healthCauses: [], healthSinceMs: createdAtMs },
  };
}

export async function unlessThere(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
  }
}
