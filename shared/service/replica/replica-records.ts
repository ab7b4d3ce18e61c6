import { ReplicaRecord } from '../../contracts/replication/replica-record';
import type { RecordKey, Records } from '../../ports/records';

/** Replicas are spread over as many partitions as an id has first digits: no partition sees all the writing. */
const digits = [...'0123456789abcdef'];

export function replicaKey(replicaId: string): RecordKey {
  return { partition: partitionOf(replicaId.charAt(0)), id: replicaId };
}

function partitionOf(digit: string): string {
  return `replicas-${digit}`;
}

export async function readReplicaRecord(
  records: Records,
  replicaId: string,
): Promise<ReplicaRecord | undefined> {
  const stored = await records.get(replicaKey(replicaId));
  return stored === undefined ? undefined : ReplicaRecord.parse(stored.body);
}

export async function* allReplicaRecords(records: Records): AsyncGenerator<ReplicaRecord> {
  for (const digit of digits) {
    let continuation: string | undefined;
    do {
      const page = await records.list(partitionOf(digit), continuation === undefined ? {} : { continuation });
      for (const { body } of page.records) yield ReplicaRecord.parse(body);
      continuation = page.continuation;
    } while (continuation !== undefined);
  }
}
