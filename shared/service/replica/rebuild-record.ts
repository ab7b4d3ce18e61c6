import { ReplicaDescriptor } from '../../contracts/replication/replica-policy';
import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isRefusal } from '../../errors';
import { descriptorName } from '../../model/target-names';
import type { ReplicationPorts } from '../replication-ports';
import { newRecord, unlessThere } from './create-replica';
import { readReplicaRecord, replicaKey } from './replica-records';

/** Makes a replica's record anew from the target account; undefined where there is no such replica. */
export async function rebuildRecord(
  ports: ReplicationPorts,
  replicaId: string,
): Promise<ReplicaRecord | undefined> {
  const document = await ports.documents.get(descriptorName(replicaId));
  if (document === undefined) return undefined;
  const sizeBytes = await sizeOf(ports, replicaId);
  if (sizeBytes === undefined) return undefined;
  const record = newRecord(ReplicaDescriptor.parse(document.body), sizeBytes);
  await unlessThere(() => ports.records.create(replicaKey(replicaId), record));
  // Whoever removes a replica takes its descriptor first and its record then: one of the two sees the other.
  if ((await ports.documents.get(descriptorName(replicaId))) === undefined) {
    await ports.records.remove(replicaKey(replicaId));
  }
  return readReplicaRecord(ports.records, replicaId);
}

async function sizeOf({ disks }: ReplicationPorts, replicaId: string): Promise<number | undefined> {
  try {
    return (await disks.open(replicaId).state()).sizeBytes;
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}
