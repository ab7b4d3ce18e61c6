import { EntityId, RetryOptions, type OrchestrationContext, type Task } from 'durable-functions';
import fc from 'fast-check';
import { type DurableApp } from '../../support/durable/sdk';
import { eventually, TestEngine } from '../../support/durable/test-engine';

/** One step of a made-up orchestrator; each is a task, a group of tasks, or something nobody waits for. */
type Step =
  | { readonly kind: 'activity' | 'child' | 'call' | 'locked' | 'signal'; readonly value: number }
  | { readonly kind: 'retry'; readonly value: number; readonly failures: number; readonly attempts: number }
  | { readonly kind: 'timer'; readonly minutes: number }
  | { readonly kind: 'all' | 'any'; readonly steps: readonly Step[] };

const value = fc.nat(1000);
const leaf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('activity' as const, 'child' as const, 'call' as const), value }),
  fc.record({
    kind: fc.constant('retry' as const),
    value,
    failures: fc.nat(3),
    attempts: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('timer' as const), minutes: fc.nat(3) }),
);
const group: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('all' as const, 'any' as const),
  steps: fc.array(leaf, { minLength: 1, maxLength: 4 }),
});
const nested: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('all' as const, 'any' as const),
  steps: fc.array(fc.oneof(leaf, group), { minLength: 1, maxLength: 3 }),
});
const alone: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('locked' as const, 'signal' as const),
  value,
});
const program = fc.array(fc.oneof(leaf, leaf, group, nested, alone), { minLength: 1, maxLength: 6 });

/** Tells an attempt apart from those of other steps: each step has a number of its own. */
interface Numbering {
  next: number;
}

function retryInput(step: Extract<Step, { kind: 'retry' }>, number: number): object {
  return { value: step.value, failures: step.failures, number };
}

function taskOf(context: OrchestrationContext, step: Step, numbering: Numbering): Task {
  const number = numbering.next++;
  switch (step.kind) {
    case 'activity':
      return context.df.callActivity('echo', step.value);
    case 'child':
      return context.df.callSubOrchestrator('child', step.value);
    case 'call':
      return context.df.callEntity(new EntityId('Echo', `e${number}`), 'echo', step.value + 1);
    case 'timer':
      return context.df.createTimer(
        new Date(context.df.currentUtcDateTime.getTime() + step.minutes * 60_000),
      );
    case 'retry':
      return context.df.callActivityWithRetry('flaky', new RetryOptions(1000, step.attempts), {
        ...retryInput(step, number),
        instance: context.df.instanceId,
      });
    case 'all':
    case 'any': {
      const tasks = step.steps.map((inner) => taskOf(context, inner, numbering));
      return step.kind === 'all' ? context.df.Task.all(tasks) : context.df.Task.any(tasks);
    }
    default:
      throw new Error(`${step.kind} is not a task`);
  }
}

const lockable = (number: number): EntityId => new EntityId('Echo', `lock${number % 2}`);

/** Runs the steps one after another; what they come to shows whether every result reached the task it belongs to. */
function* runSteps(context: OrchestrationContext): Generator<never, unknown, never> {
  const numbering: Numbering = { next: 0 };
  const results: unknown[] = [];
  for (const step of context.df.getInput<Step[]>()) {
    if (step.kind === 'signal') {
      context.df.signalEntity(lockable(step.value), 'echo', step.value);
    } else if (step.kind === 'locked') {
      const lock: { release(): void } = yield context.df.lock(lockable(0), lockable(1)) as never;
      results.push(yield context.df.callEntity(lockable(step.value), 'echo', step.value + 1) as never);
      lock.release();
    } else {
      results.push(yield* settle(context, step, numbering));
    }
  }
  return results;
}

function* settle(
  context: OrchestrationContext,
  step: Step,
  numbering: Numbering,
): Generator<never, unknown, never> {
  const task = taskOf(context, step, numbering);
  try {
    const result: unknown = yield task as never;
    return step.kind === 'any' ? 'any' : readable(result, step);
  } catch {
    return 'failed';
  }
}

/** Which task of an `any` came first is chance; timers have no result. */
function readable(result: unknown, step: Step): unknown {
  if (step.kind === 'timer') return 'timer';
  if (step.kind !== 'all') return result;
  return step.steps.map((inner, index) => {
    const innerResult = (result as unknown[])[index];
    return inner.kind === 'any' ? 'any' : readable(innerResult, inner);
  });
}

function expected(step: Step): unknown {
  switch (step.kind) {
    case 'timer':
      return 'timer';
    case 'any':
      return 'any';
    case 'all':
      return fails(step) ? 'failed' : step.steps.map(expected);
    case 'retry':
      return fails(step) ? 'failed' : step.value;
    case 'call':
    case 'locked':
      return step.value + 1;
    default:
      return step.kind === 'signal' ? undefined : step.value;
  }
}

function fails(step: Step): boolean {
  if (step.kind === 'retry') return step.failures >= step.attempts;
  return step.kind === 'all' && step.steps.some(fails);
}

const failures = new Map<string, number>();

const app: DurableApp = {
  orchestrators: {
    steps: runSteps as never,
    child: function* (context) {
      return (yield context.df.callActivity('echo', context.df.getInput())) as unknown;
    },
  },
  activities: {
    echo: (input: unknown) => input,
    flaky: (input: { value: number; failures: number; number: number; instance: string }) => {
      const key = `${input.instance}/${input.number}`;
      const failed = failures.get(key) ?? 0;
      if (failed >= input.failures) return input.value;
      failures.set(key, failed + 1);
      throw new Error('flaky');
    },
  },
  entities: {
    Echo: (context: { df: { getInput(): number; return(value: number): void } }) =>
      context.df.return(context.df.getInput()),
  },
};

describe('task ids', () => {
  let test: TestEngine;
  beforeAll(async () => void (test = await TestEngine.start(app)));
  afterAll(() => test.stop());

  it('5.2 are the ids the SDK counts, whatever an orchestrator asks for and in whatever order it ends', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        const id = await test.begin('steps', steps, `run${run++}`);
        let status = await test.status(id);
        await eventually(async () => {
          test.clock.advance(20_000);
          status = await test.status(id);
          return status.runtimeStatus !== 'Running' && status.runtimeStatus !== 'Pending';
        });
        expect(test.logged).toEqual([]);
        expect(status.runtimeStatus).toBe('Completed');
        const wanted = steps.filter(({ kind }) => kind !== 'signal').map(expected);
        expect(status.output).toEqual(wanted);
      }),
      { numRuns: process.env['LIFEBOAT_LONG'] === '1' ? 2000 : 40, endOnFailure: true },
    );
  }, 300_000);
});
