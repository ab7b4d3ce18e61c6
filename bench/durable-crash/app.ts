import {
  app,
  EntityId,
  RetryOptions,
  type EntityContext,
  type OrchestrationContext,
} from 'durable-functions';

/** What each instance of `job` is to come to, and what entities count for it. */
export function expectedOutput(index: number): { rounds: number; sum: number } {
  const squares = [1, 2, 3, 4, 5].map((step) => (index + step) ** 2).reduce((sum, square) => sum + square, 0);
  return { rounds, sum: rounds * (squares + 2 * parts) };
}

/** How often each instance of `job` begins anew, and how many children it has each time. */
export const rounds = 2;
export const parts = 3;

interface JobInput {
  readonly batch: string;
  readonly index: number;
  readonly round: number;
  readonly sum: number;
}

/** A round of everything that a crash could count twice or lose: fan-out, retries, timers, events, entities, locks. */
export function register(): void {
  app.orchestration('job', job);
  app.orchestration('part', part);
  app.activity('square', { handler: (value: number) => value ** 2 });
  app.activity('flaky', { handler: flaky });
  app.entity('Counter', counter as never);
}

function* job(context: OrchestrationContext): Generator<never, unknown, never> {
  const input = context.df.getInput<JobInput>();
  const { batch, index, round } = input;
  const squares: number[] = yield context.df.Task.all(
    [1, 2, 3, 4, 5].map((step) => context.df.callActivity('square', index + step)),
  ) as never;
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 15)) as never;

  const children = Array.from({ length: parts }, () => context.df.callSubOrchestrator('part', batch));
  const twos: number[] = yield context.df.Task.all(children) as never;
  const sum = input.sum + [...squares, ...twos].reduce((left, right) => left + right, 0);

  context.df.signalEntity(new EntityId('Counter', `${batch}-signals`), 'add', 1);
  yield* countUnderLock(context, batch);
  if (round === 1) yield context.df.waitForExternalEvent('go') as never;
  if (round === rounds) return { rounds: round, sum };
  context.df.continueAsNew({ ...input, round: round + 1, sum });
  return undefined;
}

/** Reads and writes in two steps: right only if nobody comes between. */
function* countUnderLock(context: OrchestrationContext, batch: string): Generator<never, void, never> {
  const locked = new EntityId('Counter', `${batch}-locked`);
  const second = new EntityId('Counter', `${batch}-second`);
  const lock: { release(): void } = yield context.df.lock(locked, second) as never;
  const before: number = yield context.df.callEntity(locked, 'get') as never;
  yield context.df.callActivity('square', before) as never;
  yield context.df.callEntity(locked, 'set', before + 1) as never;
  lock.release();
}

function* part(context: OrchestrationContext): Generator<never, number, never> {
  const batch = context.df.getInput<string>();
  const patience = new RetryOptions(5, 50);
  const two: number = yield context.df.callActivityWithRetry('flaky', patience, 2) as never;
  yield context.df.callEntity(new EntityId('Counter', `${batch}-calls`), 'add', 1) as never;
  return two;
}

/** Fails now and then; whatever it fails, the orchestration's result stays the same. */
function flaky(value: number): number {
  if (Math.random() < 0.3) throw new Error('not this time');
  return value;
}

function counter(context: EntityContext<number>): void {
  const value = context.df.getState(() => 0) ?? 0;
  const input = context.df.getInput<number>() ?? 0;
  if (context.df.operationName === 'add') context.df.setState(value + input);
  else if (context.df.operationName === 'set') context.df.setState(input);
  else context.df.return(value);
}
