import { EntityId } from 'durable-functions';
import { type DurableApp } from '../../support/durable/sdk';
import { eventually, settled, TestEngine } from '../../support/durable/test-engine';

const app: DurableApp = {
  orchestrators: {
    waits: function* (context) {
      const seen: unknown[] = [];
      for (let index = 0; index < 3; index++)
        seen.push((yield context.df.waitForExternalEvent('x')) as unknown);
      return seen;
    },
    status: function* (context) {
      for (const status of context.df.getInput<unknown[]>()) {
        context.df.setCustomStatus(status);
        yield context.df.callActivity('echo', 1);
      }
      return 'done';
    },
    asks: function* (context) {
      const { activity, input } = context.df.getInput<{ activity: string; input?: unknown }>();
      return (yield context.df.callActivity(activity, input)) as unknown;
    },
    asksChild: function* (context) {
      return (yield context.df.callSubOrchestrator('nobody')) as unknown;
    },
    asksEntity: function* (context) {
      return (yield context.df.callEntity(new EntityId('nobody', 'k'), 'op')) as unknown;
    },
    again: function* (context) {
      const { text, rounds } = parse(context.df.getInput<string>());
      yield context.df.callActivity('echo', rounds);
      if (rounds === 0) return text;
      context.df.continueAsNew(`${text}|${rounds - 1}`);
      return undefined;
    },
    changing: function* (context) {
      yield context.df.callActivity('echo', 'old input');
      return (yield context.df.waitForExternalEvent('go')) as unknown;
    },
  },
  activities: { echo: (value: unknown) => value, never: () => new Promise(() => undefined) },
};

function parse(input: string): { text: string; rounds: number } {
  const [text = '', rounds = ''] = input.split('|');
  return { text, rounds: Number(rounds) };
}

describe('the rules of Azure', () => {
  let test: TestEngine;
  beforeEach(async () => void (test = await TestEngine.start(app)));
  afterEach(() => test.stop());

  it('5.13 custom status over 16 KB of UTF-16 text fails the orchestration', async () => {
    const fits = 'x'.repeat(8190);
    expect(await test.run('status', [fits])).toMatchObject({
      runtimeStatus: 'Completed',
      customStatus: fits,
    });
    expect(await test.run('status', [`${fits}x`])).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringContaining('must not exceed 16 KB of UTF-16 text') as unknown,
    });
  });

  it('5.14 an activity that takes the process down with it fails after ten restarts, others beside it do not', async () => {
    const id = await test.begin('asks', { activity: 'never' });
    await settled(test);
    for (let restart = 0; restart < 10; restart++) {
      expect((await test.status(id)).runtimeStatus).toBe('Running');
      await test.restart();
      await settled(test);
    }
    await test.restart();
    expect(await test.ended(id)).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringMatching(/'never' failed: the process ended 10 times while it ran/) as unknown,
    });
  });

  it('5.14 a turn that fails in the engine is tried again later, not at once', async () => {
    let failuresLeft = 2;
    await test.restart({
      crashPoint: (name) => {
        if (name === 'turn:before-commit' && failuresLeft-- > 0) throw new Error('no luck');
      },
    });
    const id = await test.begin('asks', { activity: 'echo', input: 7 });
    await eventually(() => test.logged.some((line) => line.includes('again in 2 s: no luck')));
    test.clock.advance(1_000);
    await settled(test);
    expect(failuresLeft).toBe(1);
    test.clock.advance(1_000);
    await eventually(() => test.logged.some((line) => line.includes('again in 4 s: no luck')));
    test.clock.advance(4_000);
    expect((await test.ended(id)).output).toBe(7);
  });

  it('5.15 a task hub has one host at a time', async () => {
    await expect(test.open()).rejects.toThrow(/task hub 'test' \(.*\) is already open in another process/);
  });

  it('5.16 a suspended instance takes events in order when it is resumed', async () => {
    const id = await test.begin('waits');
    await test.raise(id, 'x', 1);
    await settled(test);
    expect((await test.request('POST', `instances/${id}/suspend?reason=tired`)).status).toBe(202);
    await test.until(id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    await test.raise(id, 'x', 2);
    await test.raise(id, 'x', 3);
    await settled(test);
    expect((await test.status(id)).runtimeStatus).toBe('Suspended');
    await test.restart();
    await settled(test);
    expect((await test.status(id)).runtimeStatus).toBe('Suspended');
    await test.request('POST', `instances/${id}/resume?reason=rested`);
    expect((await test.ended(id)).output).toEqual([1, 2, 3]);
    expect((await test.request('POST', `instances/${id}/suspend?reason=late`)).status).toBe(410);
  });

  it('5.16 a suspended instance can be terminated, however much it has not read', async () => {
    const id = await test.begin('waits');
    await test.request('POST', `instances/${id}/suspend?reason=`);
    await test.until(id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    await Promise.all(Array.from({ length: 1500 }, (_, index) => test.raise(id, 'y', index)));
    await test.request('POST', `instances/${id}/terminate?reason=enough%20of%20it`);
    expect(await test.ended(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough of it' });
  });

  it('5.17 code that changed under a running instance fails it, a changed input does not', async () => {
    const harmless = await test.begin('changing');
    const harmful = await test.begin('changing');
    await settled(test);
    const changed = (activity: string, input: string): DurableApp => ({
      ...app,
      orchestrators: {
        ...app.orchestrators,
        changing: function* (context) {
          yield context.df.callActivity(activity, input);
          return (yield context.df.waitForExternalEvent('go')) as unknown;
        },
      },
    });
    await test.restart({}, changed('echo', 'new input'));
    await test.raise(harmless, 'go', 'fine');
    expect((await test.ended(harmless)).output).toBe('fine');
    await test.restart({}, changed('never', 'old input'));
    await test.raise(harmful, 'go', 'fine');
    expect(await test.ended(harmful)).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringContaining(
        "Non-deterministic orchestration: history has activity 'echo' with id 0, the replay produced activity 'never'",
      ) as unknown,
    });
  });

  it('5.18 the id of a finished instance may be used again, that of a running one may not', async () => {
    const first = await test.run('asks', { activity: 'echo', input: 1 }, 'same');
    test.clock.advance(5_000);
    const second = await test.run('asks', { activity: 'echo', input: 2 }, 'same');
    expect([first.output, second.output]).toEqual([1, 2]);
    expect(second.createdTime).not.toBe(first.createdTime);
    expect(second.historyEvents?.filter(({ EventType: type }) => type === 'TaskScheduled')).toHaveLength(1);
    await test.begin('waits', undefined, 'same');
    await settled(test);
    expect((await test.request('POST', 'orchestrators/waits/same')).status).toBe(409);
  });

  it('5.19 a custom status cannot be taken back with a falsy value', async () => {
    expect((await test.run('status', [{ step: 1 }, 0])).customStatus).toEqual({ step: 1 });
    expect((await test.run('status', [{ step: 1 }, {}])).customStatus).toEqual({});
  });

  it('5.20 a function that is not registered fails the whole orchestration', async () => {
    const { runtimeStatus, output } = await test.run('asks', { activity: 'nobody' });
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/'nobody' doesn't exist, is disabled, or is not an activity function/);
    expect((await test.run('asksChild')).output).toMatch(/'nobody' doesn't exist/);
    expect((await test.run('asksEntity')).output).toMatch(/'nobody' doesn't exist/);
    expect((await test.request('POST', 'orchestrators/nobody')).status).toBe(400);
  });

  it('5.20 values keep their type and their text: booleans, dates, strings across generations', async () => {
    const input = { flag: true, at: '2030-01-01T00:00:00.000Z' };
    expect((await test.run('asks', { activity: 'echo', input })).output).toEqual(input);
    expect((await test.run('asks', { activity: 'echo', input: true })).output).toBe(true);
    expect((await test.run('again', 'text|3')).output).toBe('text');
  });
});
