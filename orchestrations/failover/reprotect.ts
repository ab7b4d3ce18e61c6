import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, performAll } from './job-steps';

/** Replication in the other direction. An item that stays is protected once its first point is there; a new one waits for that itself. */
export function* reprotect(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const taskId = 'StartReverseSynchronizationTask';
  const stop = yield* performAll(context, job, [
    { step: 'checkReprotect', taskId: 'ReverseReplicationPreflightChecksTask' },
    { step: 'reverseItem', taskId: 'ReverseReplicationTask' },
    ...(job.newItemId === undefined
      ? ([
          { step: 'startReverseStream', taskId, endsTask: false },
          { step: 'awaitReverseStream', taskId },
        ] as const)
      : ([{ step: 'startReverseStream', taskId }] as const)),
  ]);
  return yield* finish(context, job, stop);
}
