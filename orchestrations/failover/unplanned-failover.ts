import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, perform, performAll, type PlannedStep } from './job-steps';

/** The target starts from what has arrived. The source is shut down first only if the caller wants that and it answers. */
export function* unplannedFailover(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = yield* performAll(context, job, [
    { step: 'checkFailover', taskId: 'UnplannedFailoverPreflightChecksTask' },
    ...untilSynchronised(job),
    { step: 'fenceReplicas', taskId: 'FailoverTask', endsTask: false },
    { step: 'choosePoint', taskId: 'FailoverTask', endsTask: false },
    { step: 'makeTargetDisks', taskId: 'FailoverTask' },
    { step: 'startTargetMachine', taskId: 'StartVmOnSecondary' },
    { step: 'writeEvidence' },
  ]);
  if (stop !== undefined) yield* perform(context, job, { step: 'undoFailover' });
  return yield* finish(context, job, stop);
}

function untilSynchronised({ shutDownSource }: FailoverJob): readonly PlannedStep[] {
  const synchronise: PlannedStep = { step: 'drainReplicas', taskId: 'PrepareForUnPlannedFailoverTask' };
  if (shutDownSource !== true) {
    return [{ step: 'skipShutDown', taskId: 'ShutdownVmOnPrimaryForUFO' }, synchronise];
  }
  return [
    { step: 'shutDownSource', taskId: 'ShutdownVmOnPrimaryForUFO' },
    { step: 'sealSource', taskId: 'PrepareForUnPlannedFailoverTask', endsTask: false },
    synchronise,
  ];
}
