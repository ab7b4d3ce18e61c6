import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, performAll } from './job-steps';

/** The failover is taken back before it is committed: the source runs and replicates again. */
export function* cancelFailover(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = yield* performAll(context, job, [{ step: 'takeBack', taskId: 'CancelFailoverTask' }]);
  return yield* finish(context, job, stop);
}
