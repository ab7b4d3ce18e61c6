import { type RegisteredFunction } from '../../../local/host/core/function-registry';
import { type Invocation, type Invoke } from '../../../local/host/core/invoker';
import { type ScheduleStatus, type ScheduleStatuses } from '../../../local/host/timer/schedule-status';
import { TimerListener } from '../../../local/host/timer/timer-listener';
import { ManualClock, settle } from '../../support/host/manual-clock';

class MemoryStatuses implements ScheduleStatuses {
  readonly #statuses = new Map<string, ScheduleStatus>();
  read(functionName: string): ScheduleStatus | undefined {
    return this.#statuses.get(functionName);
  }
  async save(functionName: string, status: ScheduleStatus): Promise<void> {
    this.#statuses.set(functionName, status);
  }
}

const noonMs = new Date('2026-01-01T12:00:00').getTime();
const minuteInMs = 60_000;

function timerFunction(options: object, retryOptions?: object): RegisteredFunction {
  const trigger = { type: 'timerTrigger', direction: 'in', name: 'timer', ...options };
  const metadata = {
    name: 'tick',
    bindings: { timer: trigger },
    ...(retryOptions === undefined ? {} : { retryOptions }),
  };
  return { name: 'tick', metadata, callback: () => undefined, trigger, file: 'tick.js' };
}

interface Run {
  readonly atMs: number;
  readonly isPastDue: boolean;
  readonly retries: number | undefined;
}

function world(nowMs = noonMs) {
  const clock = new ManualClock(nowMs);
  const statuses = new MemoryStatuses();
  const runs: Run[] = [];
  const behaviour: { run: (invocation: Invocation) => Promise<void> } = { run: async () => undefined };
  const invoke: Invoke = async (_, invocation) => {
    const info = JSON.parse(invocation.data.json ?? '{}') as { IsPastDue: boolean };
    runs.push({ atMs: clock.now(), isPastDue: info.IsPastDue, retries: invocation.retryContext?.retryCount });
    await behaviour.run(invocation);
    return {};
  };
  const start = (options: object, retryOptions?: object): TimerListener => {
    const registered = timerFunction(options, retryOptions);
    const listener = new TimerListener({ registered, settings: () => undefined, invoke, clock, statuses });
    listener.start();
    return listener;
  };
  return { clock, statuses, runs, behaviour, start };
}

describe('a timer', () => {
  it('fires at every slot of its schedule', async () => {
    const { clock, runs, start } = world();
    start({ schedule: '0 */5 * * * *' });
    await clock.moveBy(16 * minuteInMs);
    expect(runs.map(({ atMs }) => (atMs - noonMs) / minuteInMs)).toEqual([5, 10, 15]);
  });

  it('runs once, past due, for all the slots that were missed while the host was away', async () => {
    const { clock, runs, start } = world();
    const first = start({ schedule: '0 */5 * * * *' });
    await clock.moveBy(6 * minuteInMs);
    await first.stop();
    await clock.moveBy(60 * minuteInMs);
    start({ schedule: '0 */5 * * * *' });
    await clock.moveBy(5 * minuteInMs);
    expect(runs.map(({ atMs, isPastDue }) => [(atMs - noonMs) / minuteInMs, isPastDue])).toEqual([
      [5, false],
      [66, true],
      [70, false],
    ]);
  });

  it('is not past due when its schedule was changed meanwhile', async () => {
    const { clock, runs, start } = world();
    await start({ schedule: '0 */5 * * * *' }).stop();
    await clock.moveBy(60 * minuteInMs);
    start({ schedule: '0 0 * * * *' });
    await clock.moveBy(minuteInMs);
    expect(runs).toEqual([]);
  });

  it('does not fire again while it runs, and goes on after a failure', async () => {
    const { clock, runs, behaviour, start } = world();
    let end: (error: Error) => void = () => undefined;
    behaviour.run = () => new Promise((_, reject) => (end = reject));
    start({ schedule: '* * * * * *' });
    await clock.moveBy(10_000);
    expect(runs).toHaveLength(1);
    end(new Error('failed'));
    await clock.moveBy(1_000);
    expect(runs).toHaveLength(2);
  });

  it('runs at once with runOnStartup', async () => {
    const { runs, start } = world();
    start({ schedule: '0 0 0 1 1 *', runOnStartup: true });
    await settle();
    expect(runs).toEqual([{ atMs: noonMs, isPastDue: false, retries: undefined }]);
  });

  it('retries with growing pauses up to the maximum, then gives up', async () => {
    const { clock, runs, behaviour, start } = world();
    behaviour.run = () => Promise.reject(new Error('no'));
    start(
      { schedule: '0 0 0 1 1 *', runOnStartup: true },
      {
        maxRetryCount: 3,
        retryStrategy: 'exponentialBackoff',
        minimumInterval: { seconds: 1 },
        maximumInterval: { seconds: 3 },
      },
    );
    await clock.moveBy(minuteInMs);
    expect(runs.map(({ atMs, retries }) => [atMs - noonMs, retries])).toEqual([
      [0, undefined],
      [1_000, 1],
      [3_000, 2],
      [6_000, 3],
    ]);
  });

  it('waits for a running function when it stops, and does not fire afterwards', async () => {
    const { clock, runs, behaviour, start } = world();
    let end: () => void = () => undefined;
    behaviour.run = () => new Promise((resolve) => (end = resolve));
    const listener = start({ schedule: '* * * * * *' });
    await clock.moveBy(1_000);
    let isStopped = false;
    const stopped = listener.stop().then(() => (isStopped = true));
    await settle();
    expect(isStopped).toBe(false);
    end();
    await stopped;
    await clock.moveBy(10_000);
    expect(runs).toHaveLength(1);
  });
});
