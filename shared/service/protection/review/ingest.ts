import { type Answer, answerDoorbell } from '../../answer-doorbell';
import { readReplicaRecord } from '../../replica/replica-records';
import type { ReplicationPorts } from '../../replication-ports';
import type { ProtectionOffice } from '../protection-ports';
import { reviewItem } from './review-item';

/** Looks at a replica because somebody rang; an item that got a new point, or a new problem, by it is reviewed. */
export async function ingest(
  replication: ReplicationPorts,
  office: ProtectionOffice,
  replicaId: string,
): Promise<Answer> {
  const before = await readReplicaRecord(replication.records, replicaId);
  const answer = await answerDoorbell(replication, replicaId);
  const after = await readReplicaRecord(replication.records, replicaId);
  if (after === undefined) return answer;
  const isNews = before?.lastPoint?.pointId !== after.lastPoint?.pointId || before?.health !== after.health;
  if (isNews) await reviewItem(office, after.ownerId);
  return answer;
}
