import { isDormant } from '../../../model/soft-delete';
import { type Answer, answerDoorbell } from '../../answer-doorbell';
import { readReplicaRecord } from '../../replica/replica-records';
import type { ReplicationPorts } from '../../replication-ports';
import { othersOfGroup } from '../group/change-group';
import type { ProtectionOffice } from '../protection-ports';
import { reviewItem } from './review-item';

/**
 * Looks at a replica because somebody rang; an item that got a new point, or a new problem, by it is reviewed. A point of a
 * group becomes whole by the last of its members, so the others are reviewed with it.
 */
export async function ingest(
  replication: ReplicationPorts,
  office: ProtectionOffice,
  replicaId: string,
): Promise<Answer> {
  const before = await readReplicaRecord(replication.records, replicaId);
  const answer = await answerDoorbell(replication, replicaId);
  const after = await readReplicaRecord(replication.records, replicaId);
  if (after === undefined || isDormant(after)) return answer;
  const hasPoint = before?.lastPoint?.pointId !== after.lastPoint?.pointId;
  if (!hasPoint && before?.health === after.health) return answer;
  await reviewItem(office, after.ownerId);
  if (!hasPoint) return answer;
  for (const itemId of await othersOfGroup(office.records, after.ownerId)) await reviewItem(office, itemId);
  return answer;
}
