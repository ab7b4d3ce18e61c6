import type { OrchestrationContext, OrchestrationHandler } from 'durable-functions';
import { z } from 'zod';
import type { TaskResult } from '../../shared/contracts/agent/report';
import type { PlanAction } from '../../shared/contracts/catalogue/recovery-plan';
import type { PlanOrchestration } from '../../shared/contracts/jobs/plan-jobs';
import type { GroupMark, GroupRun, MemberRun, PlanCall } from '../../shared/contracts/jobs/plan-steps';
import { PlanCall as PlanCallSchema } from '../../shared/contracts/jobs/plan-steps';
import { cancelRequested, resumeRequested, type JobOutcome } from '../../shared/contracts/jobs/record';
import { taskResultOf } from '../../shared/contracts/protection/events';
import { planActivities as activities } from '../activities/plan-activities';
import { arrives, call, firstToArrive, inputOf, rest, type Steps } from '../durable';

const firstPauseInMs = 1_000;
const longestPauseInMs = 15_000;
const scriptTimeoutInMs = 30 * 60_000;

/** What a group ended with. */
interface GroupEnd {
  readonly isCancelled: boolean;
  readonly failed: readonly string[];
}

/** Groups of machines one after the other, the machines of a group side by side. Each machine has a job of its own. */
export function planJob(orchestration: PlanOrchestration): OrchestrationHandler {
  return function* (context: OrchestrationContext): Steps<JobOutcome> {
    const plan = PlanCallSchema.parse({ orchestration, job: inputOf(context, z.unknown()) });
    const { groups, onFailure } = yield* call(context, activities.openPlan, plan);
    const failed: string[] = [];
    for (const group of groups) {
      const end = yield* runGroup(context, plan, group);
      if (end.isCancelled) return yield* finish(context, plan, { state: 'Cancelled' });
      failed.push(...end.failed);
      if (end.failed.length === 0 || onFailure === 'Continue') continue;
      if (onFailure === 'Stop') return yield* finish(context, plan, outcomeOf(failed, true));
      const goesOn = yield* person(context, plan, { taskId: group.taskId, text: 'Machines failed.' });
      if (!goesOn) return yield* finish(context, plan, { state: 'Cancelled' });
    }
    return yield* finish(context, plan, outcomeOf(failed, failed.length === countOf(groups)));
  };
}

function* runGroup(context: OrchestrationContext, plan: PlanCall, group: GroupRun): Steps<GroupEnd> {
  const { taskId } = group;
  const failed: string[] = [];
  yield* mark(context, { call: plan, taskId, mark: 'started', text: '', members: [] });
  for (const action of group.before) {
    const end = yield* act(context, plan, { group, action });
    if (end === 'cancelled') return { isCancelled: true, failed };
    if (end !== 'done') failed.push(end);
  }
  const members = yield* runMembers(context, plan, group);
  failed.push(...members.filter(({ state }) => state === 'failed').map(({ itemId }) => itemId));
  for (const action of group.after) {
    const end = yield* act(context, plan, { group, action });
    if (end === 'cancelled') return { isCancelled: true, failed };
    if (end !== 'done') failed.push(end);
  }
  const how = failed.length === 0 ? 'succeeded' : 'failed';
  yield* mark(context, { call: plan, taskId, mark: how, text: failed.join(', '), members: [...members] });
  return { isCancelled: false, failed };
}

function* runMembers(
  context: OrchestrationContext,
  plan: PlanCall,
  group: GroupRun,
): Steps<readonly MemberRun[]> {
  let members: readonly MemberRun[] = yield* call(context, activities.startMembers, { call: plan, group });
  let pauseInMs = firstPauseInMs;
  while (members.some(({ state }) => state === 'running')) {
    yield* rest(context, pauseInMs);
    pauseInMs = Math.min(2 * pauseInMs, longestPauseInMs);
    members = yield* call(context, activities.lookAtMembers, { call: plan, members: [...members] });
  }
  return members;
}

/** One action: `done`, `cancelled`, or why it failed. */
function* act(
  context: OrchestrationContext,
  plan: PlanCall,
  { group, action }: { readonly group: GroupRun; readonly action: PlanAction },
): Steps<string> {
  if (action.customDetails.instanceType === 'ManualActionDetails') {
    const text = action.actionName;
    return (yield* person(context, plan, { taskId: group.taskId, text })) ? 'done' : 'cancelled';
  }
  const results: TaskResult[] = [];
  for (;;) {
    const end = yield* call(context, activities.runPlanScript, { call: plan, group, action, results });
    if (end.state === 'done') return 'done';
    if (end.state === 'failed') return `${action.actionName}: ${end.message}`;
    const result = yield* arrives(context, taskResultOf(end.taskId), scriptTimeoutInMs);
    if (result === undefined) return `${action.actionName}: no agent answered in time`;
    results.push(result);
  }
}

/** Waits until a person says to go on (true) or to stop. */
function* person(
  context: OrchestrationContext,
  plan: PlanCall,
  { taskId, text }: { readonly taskId: string; readonly text: string },
): Steps<boolean> {
  yield* mark(context, { call: plan, taskId, mark: 'waiting', text, members: [] });
  const event = yield* firstToArrive(context, [resumeRequested.name, cancelRequested.name]);
  if (event !== resumeRequested.name) return false;
  yield* mark(context, { call: plan, taskId, mark: 'resumed', text, members: [] });
  return true;
}

function* mark(context: OrchestrationContext, how: GroupMark): Steps<void> {
  yield* call(context, activities.markGroup, how);
}

function* finish(context: OrchestrationContext, plan: PlanCall, outcome: JobOutcome): Steps<JobOutcome> {
  return yield* call(context, activities.finishPlan, { call: plan, outcome });
}

function countOf(groups: readonly GroupRun[]): number {
  return groups.reduce((sum, { members }) => sum + members.length, 0);
}

function outcomeOf(failed: readonly string[], isFailure: boolean): JobOutcome {
  if (failed.length === 0) return { state: 'Succeeded' };
  if (!isFailure) return { state: 'Succeeded', description: 'PartiallySucceeded' };
  return {
    state: 'Failed',
    error: {
      code: 'JobFailed',
      message: `Not done: ${failed.join(', ')}`,
      causes: 'Machines or actions of the plan failed.',
      action: 'Read the jobs of the machines; what is done is not done again when the plan runs once more.',
    },
  };
}
