import type { OrchestrationContext } from 'durable-functions';
import { EnableProtection } from '../shared/contracts/jobs/item-jobs';
import type { JobOutcome } from '../shared/contracts/jobs/record';
import type { StepOutcome } from '../shared/contracts/protection/step';
import { protectionActivities as activities } from './activities/protection-activities';
import { type Activity, call, inputOf, rest, type Steps } from './durable';
import { outcomeOf } from './outcome-of';

const beforeAgent = [activities.checkPrerequisites, activities.createProtectionTarget];
const withAgent = [
  activities.enableReplication,
  activities.startInitialReplication,
  activities.updateServers,
];
const lookAgainInMs = 10_000;

/** Prerequisites, target, agent, relationship, start of the first copy. The copy itself goes on when the job has ended. */
export function* enableProtection(context: OrchestrationContext): Steps<JobOutcome> {
  const job = inputOf(context, EnableProtection);
  let ended = yield* inOrder(context, beforeAgent, job);
  if (ended.state === 'done') ended = yield* agentOf(context, job);
  if (ended.state === 'done') ended = yield* inOrder(context, withAgent, job);
  return yield* call(context, activities.endEnable, { job, outcome: outcomeOf(ended) });
}

/** Step by step, as long as each is done. */
function* inOrder(
  context: OrchestrationContext,
  steps: readonly Activity<EnableProtection, StepOutcome>[],
  job: EnableProtection,
): Steps<StepOutcome> {
  for (const step of steps) {
    const ended = yield* call(context, step, job);
    if (ended.state !== 'done') return ended;
  }
  return { state: 'done' };
}

/** Looks for the agent until it is there, or the step says that it will not come. */
function* agentOf(context: OrchestrationContext, job: EnableProtection): Steps<StepOutcome> {
  for (;;) {
    const look = yield* call(context, activities.prepareAgent, job);
    if (look.state !== 'waiting') return look;
    yield* rest(context, lookAgainInMs);
  }
}
