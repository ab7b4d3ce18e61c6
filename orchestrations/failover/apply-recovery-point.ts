import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, perform, performAll } from './job-steps';

/** The failed-over machine is made anew from another point. Its new disks are there before the old machine goes. */
export function* applyRecoveryPoint(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const taskId = 'ApplyRecoveryPointTask';
  const stop = yield* performAll(context, job, [
    { step: 'checkPointChange', taskId: 'ChangePitPreflightChecksTask' },
    { step: 'choosePoint', taskId, endsTask: false },
    { step: 'makeTargetDisks', taskId, endsTask: false },
    { step: 'removeOldTarget', taskId, endsTask: false },
    { step: 'startTargetMachine', taskId },
    { step: 'adoptPoint' },
    { step: 'writeEvidence' },
  ]);
  if (stop !== undefined) yield* perform(context, job, { step: 'undoFailover' });
  return yield* finish(context, job, stop);
}
