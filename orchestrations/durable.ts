import type { OrchestrationContext, RetryOptions, Task } from 'durable-functions';
import * as durable from 'durable-functions';
import type { z } from 'zod';

/** A generator that yields durable tasks and returns T. Called with `yield*`, it stays typed. */
export type Steps<T> = Generator<Task, T, unknown>;

/** An activity as orchestrations know it: its name, and what crosses the border either way. */
export interface Activity<I, O> {
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
}

/** What a retry may cure is tried again after 2, 4, 8 seconds and so on, then every 10 minutes: about a day in all. */
function patience(): RetryOptions {
  const options = new durable.RetryOptions(2_000, 150);
  options.backoffCoefficient = 2;
  options.maxRetryIntervalInMilliseconds = 600_000;
  return options;
}

/** Runs one activity. Its result is parsed again here: history is JSON, so it may be old or foreign. */
export function* call<I, O>(context: OrchestrationContext, activity: Activity<I, O>, input: I): Steps<O> {
  return activity.output.parse(yield context.df.callActivityWithRetry(activity.name, patience(), input));
}

/** Waits for an event; what came with it, or undefined once the deadline has passed. */
export function* arrives<T>(
  context: OrchestrationContext,
  event: { readonly name: string; readonly data: z.ZodType<T> },
  timeoutInMs: number,
): Steps<T | undefined> {
  const deadline = new Date(context.df.currentUtcDateTime.getTime() + timeoutInMs);
  const timer = context.df.createTimer(deadline);
  const arrival = context.df.waitForExternalEvent(event.name);
  const first = yield context.df.Task.any([arrival, timer]);
  if (first !== arrival) return undefined;
  timer.cancel();
  return event.data.parse(arrival.result);
}

/** Waits until one of these events comes, however long that takes; its name. */
export function* firstToArrive(context: OrchestrationContext, names: readonly string[]): Steps<string> {
  const arrivals = names.map((name) => context.df.waitForExternalEvent(name));
  const first = yield context.df.Task.any(arrivals);
  return names.find((_, index) => arrivals[index] === first) ?? '';
}

/** Lets time pass. */
export function* rest(context: OrchestrationContext, durationInMs: number): Steps<void> {
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + durationInMs));
}

/** The time of this turn: the same in every replay. */
export function timeOf(context: OrchestrationContext): number {
  return context.df.currentUtcDateTime.getTime();
}

/** The input of this orchestration, parsed. */
export function inputOf<T>(context: OrchestrationContext, schema: z.ZodType<T>): T {
  return schema.parse(context.df.getInput());
}

/** Runs another orchestration as a part of this one, under an id of its own. */
export function* callPart(
  context: OrchestrationContext,
  { name, id, input }: { readonly name: string; readonly id: string; readonly input: object },
): Steps<unknown> {
  return yield context.df.callSubOrchestrator(name, input, id);
}
