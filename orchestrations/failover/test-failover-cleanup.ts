import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, performAll } from './job-steps';

/** Takes away everything that a test failover made. */
export function* testFailoverCleanup(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = yield* performAll(context, job, [
    { step: 'checkCleanup', taskId: 'TestFailoverCleanupPreflightChecksTask' },
    { step: 'endTest', taskId: 'EndTestFailoverTask' },
    { step: 'removeTest', taskId: 'CleanupTestProtectedEntitiesTask' },
  ]);
  return yield* finish(context, job, stop);
}
