import type { OrchestrationContext } from 'durable-functions';
import { DisableProtection, PlainItemJob } from '../shared/contracts/jobs/item-jobs';
import type { JobOutcome } from '../shared/contracts/jobs/record';
import { replicasStopped } from '../shared/contracts/protection/events';
import { protectionActivities as activities } from './activities/protection-activities';
import { arrives, call, inputOf, type Steps } from './durable';
import { outcomeOf } from './outcome-of';

const agentPatienceInMs = 2 * 60_000;

/** Stops the streams, lets the agent forget them, and removes what they made. An agent that is gone is waited for only so long. */
export function* disableProtection(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, DisableProtection);
  const checked = yield* call(context, activities.checkDisable, job);
  if (checked.state !== 'done') {
    return yield* call(context, activities.endDisable, { job, outcome: outcomeOf(checked) });
  }
  const { outcome, awaitsAgent } = yield* call(context, activities.stopReplication, job);
  if (outcome.state !== 'done') {
    return yield* call(context, activities.endDisable, { job, outcome: outcomeOf(outcome) });
  }
  if (awaitsAgent) yield* arrives(context, replicasStopped, agentPatienceInMs);
  const cleaned = yield* call(context, activities.cleanUp, job);
  return yield* call(context, activities.endDisable, { job, outcome: outcomeOf(cleaned) });
}

/** Takes an item away at once, whatever its agent does. */
export function* purgeProtection(context: OrchestrationContext): Steps<JobOutcome> {
  return yield* call(context, activities.purge, inputOf(context, PlainItemJob));
}
