import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, perform, performAll } from './job-steps';

/** A machine from a recovery point, in a network that reaches nothing, beside the one that goes on running. */
export function* testFailover(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = yield* performAll(context, job, [
    { step: 'checkFailover', taskId: 'TestFailoverPreflightChecksTask' },
    { step: 'drainReplicas', taskId: 'BeginTestFailoverTask', endsTask: false },
    { step: 'choosePoint', taskId: 'BeginTestFailoverTask' },
    { step: 'makeTargetDisks', taskId: 'PrepareTestProtectedEntitiesTask' },
    { step: 'startTargetMachine', taskId: 'BootTestProtectedEntitiesTask' },
    { step: 'writeEvidence' },
  ]);
  if (stop !== undefined) yield* perform(context, job, { step: 'undoFailover' });
  return yield* finish(context, job, stop);
}
