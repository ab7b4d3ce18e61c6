import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { failback } from './failback';
import { finish, perform, performAll, type Stop } from './job-steps';

/** The source is shut down and its last writes are brought over, so that nothing is lost; then the target starts. */
export function* plannedFailover(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = job.verb === 'failback' ? yield* failback(context, job) : yield* awayFrom(context, job);
  if (stop !== undefined) yield* perform(context, job, { step: 'undoFailover' });
  return yield* finish(context, job, stop);
}

function* awayFrom(context: OrchestrationContext, job: FailoverJob): Steps<Stop | undefined> {
  return yield* performAll(context, job, [
    { step: 'checkFailover', taskId: 'PlannedFailoverPreflightChecksTask' },
    { step: 'shutDownSource', taskId: 'ShutdownVmOnPrimary' },
    { step: 'sealSource', taskId: 'PrepareForFailoverTask', endsTask: false },
    { step: 'drainReplicas', taskId: 'PrepareForFailoverTask', endsTask: false },
    { step: 'choosePoint', taskId: 'PrepareForFailoverTask', endsTask: false },
    { step: 'fenceReplicas', taskId: 'PrepareForFailoverTask' },
    { step: 'makeTargetDisks', taskId: 'FailoverTask' },
    { step: 'startTargetMachine', taskId: 'StartVmOnSecondary' },
    { step: 'writeEvidence' },
  ]);
}
