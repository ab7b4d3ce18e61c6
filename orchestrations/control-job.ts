import type { OrchestrationContext } from 'durable-functions';
import { ControlJob } from '../shared/contracts/jobs/control-job';
import type { JobOutcome } from '../shared/contracts/jobs/record';
import { controlActivities } from './activities/control-activities';
import { call, inputOf, type Steps } from './durable';

/** Work that only changes the catalogue: creating a fabric, mapping networks, deleting a policy. */
export function* controlJob(context: OrchestrationContext): Steps<JobOutcome> {
  return yield* call(context, controlActivities.runControlJob, inputOf(context, ControlJob));
}
