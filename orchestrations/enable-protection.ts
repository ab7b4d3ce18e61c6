import type { OrchestrationContext } from 'durable-functions';
import { EnableProtection } from '../shared/contracts/jobs/item-jobs';
import type { JobOutcome } from '../shared/contracts/jobs/record';
import { protectionActivities as activities } from './activities/protection-activities';
import { call, inputOf, type Steps } from './durable';
import { outcomeOf } from './outcome-of';

/** Prerequisites, target, relationship, start of the first copy. The copy itself goes on when the job has ended. */
export function* enableProtection(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, EnableProtection);
  const steps = [
    activities.checkPrerequisites,
    activities.createProtectionTarget,
    activities.enableReplication,
    activities.startInitialReplication,
    activities.updateServers,
  ];
  for (const step of steps) {
    const ended = yield* call(context, step, job);
    if (ended.state !== 'done') {
      return yield* call(context, activities.endEnable, { job, outcome: outcomeOf(ended) });
    }
  }
  return yield* call(context, activities.endEnable, { job, outcome: { state: 'Succeeded' } });
}
