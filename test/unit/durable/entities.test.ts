import { EntityId, type EntityContext, type OrchestrationContext } from 'durable-functions';
import { type DurableApp } from '../../support/durable/sdk';
import { settled, TestEngine } from '../../support/durable/test-engine';

const a = new EntityId('Account', 'a');
const b = new EntityId('Account', 'b');

function account(context: EntityContext<number>): void {
  const balance = context.df.getState(() => 0) ?? 0;
  switch (context.df.operationName) {
    case 'add':
      context.df.setState(balance + (context.df.getInput<number>() ?? 0));
      return;
    case 'get':
      context.df.return(balance);
      return;
    case 'remove':
      context.df.destructOnExit();
      return;
    case 'forward':
      context.df.signalEntity(b, 'add', context.df.getInput<number>());
      return;
    default:
      throw new Error('unknown operation');
  }
}

function* transfer(context: OrchestrationContext): Generator<unknown, unknown, never> {
  const { from, to, amount } = context.df.getInput<{ from: string; to: string; amount: number }>();
  const source = new EntityId('Account', from);
  const target = new EntityId('Account', to);
  const lock = (yield context.df.lock(source, target)) as { release(): void };
  const balance: number = yield context.df.callEntity(source, 'get');
  yield context.df.callActivity('pause');
  if (balance >= amount) {
    yield context.df.callEntity(source, 'add', -amount);
    yield context.df.callEntity(target, 'add', amount);
  }
  lock.release();
  return context.df.isLocked().isLocked;
}

const app: DurableApp = {
  orchestrators: {
    transfer: transfer as never,
    reads: function* (context) {
      yield context.df.callEntity(a, 'add', 5);
      context.df.signalEntity(a, 'add', 10);
      yield context.df.callActivity('pause');
      return (yield context.df.callEntity(a, 'get')) as unknown;
    },
    errs: function* (context) {
      try {
        yield context.df.callEntity(a, 'nonsense');
        return 'no error';
      } catch (error) {
        return (error as Error).message;
      }
    },
    holds: function* (context) {
      yield context.df.lock(a, b);
      yield context.df.waitForExternalEvent('let go');
      if (context.df.getInput() === 'fail') throw new Error('while holding');
      return 'held';
    },
    adds: function* (context) {
      for (let index = 0; index < 3; index++) yield context.df.callEntity(a, 'add', 1);
      return 'added';
    },
  },
  activities: { pause: () => new Promise((resolve) => setImmediate(resolve)) },
  entities: { Account: account },
};

describe('an entity', () => {
  let test: TestEngine;
  beforeEach(async () => void (test = await TestEngine.start(app)));
  afterEach(() => test.stop());

  const balance = async (key: string): Promise<unknown> => {
    await settled(test);
    return (await test.request('GET', `entities/account/${key}`)).body;
  };
  const signal = (key: string, operation: string, input?: unknown) =>
    test.request('POST', `entities/Account/${key}?op=${operation}`, input);

  it('takes signals and calls one after another, in order', async () => {
    expect((await test.run('reads')).output).toBe(15);
    await Promise.all(Array.from({ length: 250 }, () => signal('a', 'add', 1)));
    expect(await balance('a')).toBe(265);
  });

  it('tells a caller that its operation failed, and goes on', async () => {
    expect((await test.run('errs')).output).toBe('[object Object]');
    expect((await test.run('reads')).output).toBe(15);
  });

  it('signals other entities, later if asked to, and is gone when it is removed', async () => {
    await signal('a', 'forward', 7);
    expect(await balance('b')).toBe(7);
    const later = new Date(test.clock.now() + 60_000).toISOString();
    await test.request('POST', `entities/Account/b?op=add&signalTime=${later}`, 100);
    expect(await balance('b')).toBe(7);
    await test.restart();
    test.clock.advance(60_000);
    expect(await balance('b')).toBe(107);
    await signal('b', 'remove');
    await settled(test);
    expect((await test.request('GET', 'entities/account/b')).status).toBe(404);
    expect((await test.request('GET', 'instances/@account@b')).status).toBe(404);
  });

  it('5.12 under lock keeps what belongs together together, without deadlock, in any order of entities', async () => {
    await signal('a', 'add', 100);
    await signal('b', 'add', 100);
    const transfers = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? { from: 'a', to: 'b', amount: 30 } : { from: 'b', to: 'a', amount: 20 },
    );
    const ended = await Promise.all(transfers.map((input) => test.run('transfer', input)));
    expect(ended.map(({ runtimeStatus, output }) => [runtimeStatus, output])).toEqual(
      transfers.map(() => ['Completed', false]),
    );
    const [left, right] = [await balance('a'), await balance('b')] as [number, number];
    expect(left + right).toBe(200);
    expect(Math.min(left, right)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['ends', 'end'],
    ['fails', 'fail'],
    ['is terminated', 'terminate'],
  ])('5.12 keeps its lock across a restart, and is free again when the owner %s', async (_, how) => {
    const owner = await test.begin('holds', how);
    await settled(test);
    const waiting = await test.begin('adds');
    const alsoHolding = await test.begin('holds', 'end');
    await test.restart();
    await settled(test);
    expect((await test.status(waiting)).runtimeStatus).toBe('Running');

    if (how === 'terminate') await test.request('POST', `instances/${owner}/terminate?reason=now`);
    else await test.raise(owner, 'let go');
    await test.ended(owner);
    await test.raise(alsoHolding, 'let go');
    expect((await test.ended(alsoHolding)).output).toBe('held');
    expect((await test.ended(waiting)).output).toBe('added');
    expect((await test.run('adds')).output).toBe('added');
  });

  it('5.12 does not give its lock to an owner that is gone', async () => {
    const owner = await test.begin('holds', 'end');
    await settled(test);
    const gone = await test.begin('holds', 'end');
    await settled(test);
    await test.request('POST', `instances/${gone}/terminate?reason=now`);
    await test.ended(gone);
    await test.raise(owner, 'let go');
    await test.ended(owner);
    expect((await test.run('adds')).output).toBe('added');
  });
});
