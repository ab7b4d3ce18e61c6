import { z } from 'zod';
import { DeletedItemJob } from '../../shared/contracts/jobs/deleted-item-jobs';
import { JobOutcome } from '../../shared/contracts/jobs/record';
import { StepOutcome } from '../../shared/contracts/protection/step';
import type { Activity } from '../durable';

const UndeleteEnd = z.object({ job: DeletedItemJob, outcome: JobOutcome });

const step = (name: string): Activity<DeletedItemJob, StepOutcome> => {
  return { name, input: DeletedItemJob, output: StepOutcome };
};

/** What the orchestrations of deleted items call. Every one is safe to repeat after any part of it was done. */
export const deletedItemActivities = {
  checkUndelete: step('checkUndelete'),
  restoreProtection: step('restoreProtection'),
  endUndelete: { name: 'endUndelete', input: UndeleteEnd, output: JobOutcome } satisfies Activity<
    z.infer<typeof UndeleteEnd>,
    JobOutcome
  >,
  purgeDeleted: { name: 'purgeDeleted', input: DeletedItemJob, output: JobOutcome } satisfies Activity<
    DeletedItemJob,
    JobOutcome
  >,
};
