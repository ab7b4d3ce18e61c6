import { ControlJob } from '../../shared/contracts/jobs/control-job';
import { JobOutcome } from '../../shared/contracts/jobs/record';
import type { Activity } from '../durable';

/** What `controlJob` calls. */
export const controlActivities = {
  /** Makes the job's changes and ends it. Safe to repeat. */
  runControlJob: { name: 'runControlJob', input: ControlJob, output: JobOutcome } satisfies Activity<
    ControlJob,
    JobOutcome
  >,
};
