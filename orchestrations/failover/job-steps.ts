import type { OrchestrationContext } from 'durable-functions';
import type { TaskResult } from '../../shared/contracts/agent/report';
import type {
  FailoverJob,
  FailoverStep,
  StepEnd,
  StepError,
} from '../../shared/contracts/jobs/failover-steps';
import type { JobOutcome } from '../../shared/contracts/jobs/record';
import { taskResultOf } from '../../shared/contracts/protection/events';
import { failoverActivities, finishFailover } from '../activities/failover-activities';
import { arrives, call, rest, timeOf, type Steps } from '../durable';

/** One step of a job, and the task that people see it under. */
export interface PlannedStep {
  readonly step: FailoverStep;
  readonly taskId?: string;
  /** False while more steps of the task follow. */
  readonly endsTask?: boolean;
}

type LastEnd = Exclude<StepEnd, { state: 'waiting' }>;

/** Does one step, as often as it takes: between two calls it waits for what agents report, or lets time pass. */
export function* perform(
  context: OrchestrationContext,
  job: FailoverJob,
  { step, taskId, endsTask = true }: PlannedStep,
): Steps<LastEnd> {
  const sinceInMs = timeOf(context);
  const results: TaskResult[] = [];
  for (;;) {
    const end = yield* call(context, failoverActivities[step], {
      ...{ job, endsTask, sinceInMs, results },
      ...(taskId === undefined ? {} : { taskId }),
    });
    if (end.state !== 'waiting') return end;
    if (end.taskIds.length === 0) yield* rest(context, end.pauseInMs);
    for (const awaited of end.taskIds) {
      const result = yield* arrives(context, taskResultOf(awaited), end.pauseInMs);
      if (result !== undefined) results.push(result);
    }
  }
}

/** Why a job did not go on. */
export type Stop = { readonly state: 'refused'; readonly error: StepError } | { readonly state: 'cancelled' };

/** Does steps in order, until one of them stops the job; undefined when all were done. */
export function* performAll(
  context: OrchestrationContext,
  job: FailoverJob,
  steps: readonly PlannedStep[],
): Steps<Stop | undefined> {
  for (const planned of steps) {
    const end = yield* perform(context, job, planned);
    if (end.state === 'refused' || end.state === 'cancelled') return end;
  }
  return undefined;
}

/** Ends the job as its steps went. What they left half done was undone before. */
export function* finish(
  context: OrchestrationContext,
  job: FailoverJob,
  stop: Stop | undefined,
): Steps<JobOutcome> {
  return yield* call(context, finishFailover, { job, outcome: outcomeOf(stop) });
}

function outcomeOf(stop: Stop | undefined): JobOutcome {
  if (stop === undefined) return { state: 'Succeeded' };
  return stop.state === 'cancelled' ? { state: 'Cancelled' } : { state: 'Failed', error: stop.error };
}
