import { setTimeout as later } from 'node:timers/promises';
import { type OrchestrationContext } from 'durable-functions';
import { eventually, settled, TestEngine } from '../../support/durable/test-engine';
import { type DurableApp } from '../../support/durable/sdk';

const minute = 60_000;
const day = 24 * 60 * minute;

const timeOf = (context: OrchestrationContext): number => context.df.currentUtcDateTime.getTime();
const inMs = (context: OrchestrationContext, durationInMs: number): Date =>
  new Date(timeOf(context) + durationInMs);

const app: DurableApp = {
  orchestrators: {
    hello: function* (context) {
      const names = context.df.getInput<string[]>();
      const tasks = names.map((name) => context.df.callActivity('echo', name));
      return (yield context.df.Task.all(tasks)) as unknown;
    },
    chain: function* (context) {
      let value: unknown = context.df.getInput();
      for (let step = 0; step < 5; step++) value = yield context.df.callActivity('double', value);
      return value;
    },
    times: function* (context) {
      const times = [timeOf(context)];
      for (const event of ['one', 'two']) {
        yield context.df.waitForExternalEvent(event);
        times.push(timeOf(context));
      }
      return times;
    },
    restless: function* (context) {
      const task = context.df.callActivity('echo', 1);
      yield task;
      yield context.df.Task.any([task]);
    },
    mixed: function* (context) {
      yield context.df.callActivity('echo', 1);
      yield context.df.Task.all([
        context.df.callActivity('echo', 2),
        context.df.createTimer(inMs(context, minute)),
        context.df.waitForExternalEvent('go'),
      ]);
      return 'done';
    },
    returns: function* (context) {
      const results: unknown[] = [];
      for (const value of context.df.getInput<unknown[]>()) {
        results.push((yield context.df.callActivity('echo', value)) as unknown);
      }
      return results;
    },
    leavesTasks: function* (context) {
      yield context.df.Task.any([
        context.df.callActivity('slow'),
        context.df.createTimer(inMs(context, minute)),
        context.df.waitForExternalEvent('enough'),
      ]);
      return 'returned';
    },
    continuesWithTasks: function* (context) {
      if (context.df.getInput() === 'second') return 'second round';
      yield context.df.Task.any([
        context.df.createTimer(inMs(context, minute)),
        context.df.waitForExternalEvent('go'),
      ]);
      context.df.continueAsNew('second');
      return undefined;
    },
    race: function* (context) {
      const timer = context.df.createTimer(inMs(context, day));
      const work = context.df.callActivity('echo', 'work');
      const first = yield context.df.Task.any([work, timer]);
      timer.cancel();
      return first === work ? work.result : 'too late';
    },
    twoWaits: function* (context) {
      const first = context.df.waitForExternalEvent('x');
      const second = context.df.waitForExternalEvent('x');
      return (yield context.df.Task.all([first, second])) as unknown;
    },
    lateWaits: function* (context) {
      yield context.df.waitForExternalEvent('start');
      const seen: unknown[] = [];
      for (let index = 0; index < 3; index++)
        seen.push((yield context.df.waitForExternalEvent('x')) as unknown);
      return seen;
    },
    generations: function* (context) {
      const seen = [...context.df.getInput<unknown[]>()];
      seen.push((yield context.df.waitForExternalEvent('x')) as unknown);
      if (seen.length === 5) return seen;
      context.df.continueAsNew(seen);
      return undefined;
    },
    sleeps: function* (context) {
      yield context.df.createTimer(new Date(context.df.getInput<number>()));
      return timeOf(context);
    },
    parent: function* (context) {
      const { child, id } = context.df.getInput<{ child: string; id?: string }>();
      try {
        return (yield context.df.callSubOrchestrator(child, 'in', id)) as unknown;
      } catch (error) {
        return `caught ${(error as Error).message}`;
      }
    },
    child: function* (context) {
      yield context.df.callActivity('echo', 1);
      return [context.df.getInput(), context.df.parentInstanceId !== undefined];
    },
    fails: function* (context) {
      yield context.df.callActivity('echo', 1);
      throw new Error('on purpose');
    },
  },
  activities: {
    echo: (value: unknown) => value,
    double: (value: number) => value * 2,
    slow: () => later(50, 'slow'),
  },
};

describe('an orchestration', () => {
  let test: TestEngine;
  beforeEach(async () => void (test = await TestEngine.start(app)));
  afterEach(() => test.stop());

  it('runs activities side by side and one after another', async () => {
    expect(await test.run('hello', ['Ada', 'Max'])).toMatchObject({
      runtimeStatus: 'Completed',
      output: ['Ada', 'Max'],
    });
    expect((await test.run('chain', 1)).output).toBe(32);
  });

  it('hears how its child ended', async () => {
    expect((await test.run('parent', { child: 'child' })).output).toEqual(['in', true]);
    const { output } = await test.run('parent', { child: 'fails' });
    expect(output).toMatch(/^caught Orchestrator function 'fails' failed: on purpose/);
  });

  it('5.1 sees time stand still within a turn, never go back, and be the same on every replay', async () => {
    const id = await test.begin('times');
    const start = test.clock.now();
    await settled(test);
    test.clock.advance(-60 * minute);
    await test.restart();
    await test.raise(id, 'one');
    await settled(test);
    test.clock.advance(120 * minute);
    await test.raise(id, 'two');
    expect((await test.ended(id)).output).toEqual([start, start, start + 60 * minute]);
  });

  it('5.2 is reported as stuck when it waits for a task that nobody will end', async () => {
    const id = await test.begin('restless');
    await eventually(() => test.logged.some((line) => line.includes(`'${id}' (restless) is stuck`)));
    expect(await test.status(id)).toMatchObject({ runtimeStatus: 'Running' });
    const healthy = await test.begin('lateWaits');
    await settled(test);
    expect(test.logged.join()).not.toContain(healthy);
  });

  it('5.3 has a history whose order never changes, and in which what is scheduled follows its cause', async () => {
    const id = await test.begin('mixed');
    const histories: object[][] = [];
    const look = async (): Promise<void> => {
      await settled(test);
      histories.push([...test.engine.history(id)]);
    };
    await look();
    await test.raise(id, 'go');
    await look();
    await test.restart();
    await look();
    test.clock.advance(minute);
    await test.ended(id);
    await look();

    const whole = histories.at(-1) ?? [];
    for (const earlier of histories) expect(whole.slice(0, earlier.length)).toEqual(earlier);
    const types = whole.map((event) => (event as { EventType: number }).EventType);
    expect(types).toEqual([12, 0, 4, 13, 12, 5, 4, 10, 13, 12, 5, 13, 12, 15, 13, 12, 11, 13, 1]);
  });

  it('5.4 gets every value back from an activity as it was', async () => {
    const values = [
      'text',
      '"quoted"',
      '{"a":1}',
      '5',
      '',
      0,
      1.5,
      -3,
      { a: [1, { b: null }] },
      [],
      'true',
      '\u2028',
    ];
    expect((await test.run('returns', values)).output).toEqual(values);
    expect((await test.run('returns', [null, true, false])).output).toEqual([null, true, false]);
  });

  it('5.6 does not end, or begin anew, before its activities and timers have ended', async () => {
    const id = await test.begin('leavesTasks');
    await test.raise(id, 'enough');
    await settled(test);
    expect((await test.status(id)).runtimeStatus).toBe('Running');
    test.clock.advance(minute);
    expect(await test.ended(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'returned' });

    const again = await test.begin('continuesWithTasks', 'first');
    await test.raise(again, 'go');
    await settled(test);
    expect(await test.status(again)).toMatchObject({ runtimeStatus: 'Running', input: 'first' });
    await test.restart();
    test.clock.advance(minute);
    expect((await test.ended(again)).output).toBe('second round');
  });

  it('5.7 lets the losers of a race run on, and is not held by a timer it cancelled', async () => {
    expect(await test.run('race')).toMatchObject({ runtimeStatus: 'Completed', output: 'work' });
    const id = await test.begin('leavesTasks');
    await test.raise(id, 'enough');
    test.clock.advance(minute);
    await test.ended(id);
    const types = (await test.status(id)).historyEvents?.map(({ EventType: type }) => type);
    expect(types).toContain('TaskCompleted');
  });

  it('5.8 gives an event to the last waiter, buffered events in order, and tells names apart by case', async () => {
    const two = await test.begin('twoWaits');
    await settled(test);
    await test.raise(two, 'x', 'first');
    await test.raise(two, 'x', 'second');
    expect((await test.ended(two)).output).toEqual(['second', 'first']);

    const late = await test.begin('lateWaits');
    for (const value of [1, 2]) await test.raise(late, 'x', value);
    await test.raise(late, 'X', 'other name');
    await test.raise(late, 'start');
    await settled(test);
    await test.raise(late, 'x', 3);
    expect((await test.ended(late)).output).toEqual([1, 2, 3]);
    expect(await test.raise(late, 'x', 4)).toBe(410);
    expect(await test.raise('nobody', 'x', 4)).toBe(404);
  });

  it('5.8 keeps events it has not read when it begins anew', async () => {
    const id = await test.begin('generations', []);
    await Promise.all([1, 2, 3].map((value) => test.raise(id, 'x', value)));
    await settled(test);
    await test.restart();
    await Promise.all([4, 5].map((value) => test.raise(id, 'x', value)));
    expect((await test.ended(id)).output).toEqual([1, 2, 3, 4, 5]);
  });

  it('5.11 fires timers of any length, those in the past at once, and those it missed when it starts', async () => {
    const start = test.clock.now();
    expect((await test.run('sleeps', start - day)).output).toBe(start);
    const far = await test.begin('sleeps', start + 20 * 365 * day);
    const near = await test.begin('sleeps', start + 100 * day);
    await settled(test);
    expect(test.engine.history(far).filter((event) => 'FireAt' in event)).toHaveLength(1);
    test.clock.advance(99 * day);
    await settled(test);
    expect((await test.status(near)).runtimeStatus).toBe('Running');
    await test.engine.close();
    test.clock.advance(2 * day);
    await test.open();
    test.engine.start();
    expect((await test.ended(near)).output).toBe(start + 101 * day);
    test.clock.advance(20 * 365 * day);
    expect((await test.ended(far)).runtimeStatus).toBe('Completed');
  });

  it('5.11 fires a timer whose alarm rang a moment early', async () => {
    const due = test.clock.now() + minute;
    const id = await test.begin('sleeps', due);
    await settled(test);
    const now = jest.spyOn(test.clock, 'now').mockReturnValueOnce(due - 1);
    test.clock.advance(minute);
    expect(now).toHaveBeenCalled();
    expect((await test.ended(id)).output).toBe(due);
  });
});
