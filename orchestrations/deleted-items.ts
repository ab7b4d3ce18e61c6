import type { OrchestrationContext } from 'durable-functions';
import { DeletedItemJob } from '../shared/contracts/jobs/deleted-item-jobs';
import type { JobOutcome } from '../shared/contracts/jobs/record';
import { deletedItemActivities as activities } from './activities/deleted-item-activities';
import { call, inputOf, type Steps } from './durable';
import { outcomeOf } from './outcome-of';

/** Checks, wakes the replicas, has the disks compared. The comparison itself goes on when the job has ended. */
export function* undeleteProtection(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, DeletedItemJob);
  let ended = yield* call(context, activities.checkUndelete, job);
  if (ended.state === 'done') ended = yield* call(context, activities.restoreProtection, job);
  return yield* call(context, activities.endUndelete, { job, outcome: outcomeOf(ended) });
}

/** Removes a deleted item with everything of it. */
export function* purgeDeletedItem(context: OrchestrationContext): Steps<JobOutcome> {
  return yield* call(context, activities.purgeDeleted, inputOf(context, DeletedItemJob));
}
