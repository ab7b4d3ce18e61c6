import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, performAll } from './job-steps';

/** The failover is what is wanted: from here on its point cannot be changed any more. */
export function* commitFailover(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = yield* performAll(context, job, [
    { step: 'checkCommit', taskId: 'VmCommitPrerequisitesCheck' },
    { step: 'makeFinal', taskId: 'VmCommit' },
  ]);
  return yield* finish(context, job, stop);
}
