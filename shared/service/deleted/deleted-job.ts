import type { DeletedItem } from '../../contracts/catalogue/deleted-item';
import { type DeletedItemOrchestration, DeletedItemJob } from '../../contracts/jobs/deleted-item-jobs';
import { deletedItemJobKinds } from '../../model/job-kinds';
import type { NewJob } from '../jobs/job-ledger';

export interface DeletedItemCall {
  readonly orchestration: DeletedItemOrchestration;
  readonly jobId: string;
  readonly vaultId: string;
  readonly deletedItemId: string;
  readonly requestedBy: string;
  readonly activityId: string;
}

/** A job on a deleted item: undeleting it answers the item in the end, purging it nothing. */
export function deletedItemJob(call: DeletedItemCall, { itemId, friendlyName, item }: DeletedItem): NewJob {
  const { orchestration, jobId, vaultId, deletedItemId, requestedBy, activityId } = call;
  const { scenarioName, friendlyName: words, tasks } = deletedItemJobKinds[orchestration];
  return {
    ...{ jobId, vaultId, orchestration, requestedBy, activityId, scenarioName, friendlyName: words, tasks },
    ...{ targetId: deletedItemId, targetObjectId: item.internalId, targetObjectName: friendlyName },
    targetInstanceType: 'ProtectionEntity',
    input: DeletedItemJob.parse({ jobId, vaultId, deletedItemId, itemId }),
    ...(orchestration === 'undeleteProtection' ? { resultId: itemId } : {}),
  };
}
