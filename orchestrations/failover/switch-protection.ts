import type { OrchestrationContext } from 'durable-functions';
import { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { inputOf, type Steps } from '../durable';
import { finish, performAll } from './job-steps';

/** Protection turns round: a new item in the container that the machine runs in now replaces the old one. */
export function* switchProtection(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, FailoverJob);
  const stop = yield* performAll(context, job, [
    { step: 'checkCommit', taskId: 'SwitchReplicationGroupProtectionPreflightTask' },
    { step: 'skipCommit', taskId: 'CommitFailoverTask' },
    { step: 'checkReprotect', taskId: 'DiscoverReplicaTask' },
    { step: 'reverseItem', taskId: 'GetSwitchProtectionRequirementsTask' },
    { step: 'startReverseStream', taskId: 'ProtectReplicaTask' },
  ]);
  return yield* finish(context, job, stop);
}
