import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type DurableApp } from '../../support/durable/sdk';
import { eventually, settled, TestEngine } from '../../support/durable/test-engine';
import { expectedOutput } from '../../../bench/durable-crash/app';
import { type Report } from '../../../bench/durable-crash/child';

const app: DurableApp = {
  orchestrators: {
    chain: function* (context) {
      const first: unknown = yield context.df.callActivity('echo', 1);
      return [first, (yield context.df.callActivity('echo', 2)) as unknown];
    },
  },
  activities: { echo: (value: unknown) => value },
};

/** Fails like a process that ends there: the n-th pass of this point, and nothing after it. */
function endingAt(point: string, pass: number): (name: string) => void {
  let passesLeft = pass;
  let isOver = false;
  return (name) => {
    if (name === point && --passesLeft === 0) isOver = true;
    if (isOver) throw new Error(`ended at ${point}`);
  };
}

describe('a crash', () => {
  let test: TestEngine;
  beforeEach(async () => {
    test = new TestEngine(app);
    await test.open();
  });
  afterEach(() => test.stop());

  const activities = (): number => test.invocations.filter(({ kind }) => kind === 'activity').length;

  it.each([
    ['activity:echo:before', 2],
    ['activity:echo:after', 3],
    ['activity:echo:recorded', 2],
  ])('5.9 at %s runs the activity at least once and counts its result once', async (point, runs) => {
    await test.restart({ crashPoint: endingAt(point, 1) });
    const id = await test.begin('chain');
    await settled(test);
    await test.restart();
    expect((await test.ended(id)).output).toEqual([1, 2]);
    expect(activities()).toBe(runs);
    const completed = (await test.status(id)).historyEvents?.filter(
      ({ EventType: type }) => type === 'TaskCompleted',
    );
    expect(completed).toHaveLength(2);
  });

  it('5.10 before a turn is committed leaves nothing of it, neither history nor work', async () => {
    await test.restart({ crashPoint: endingAt('turn:before-commit', 1) });
    const id = await test.begin('chain');
    await eventually(() => test.logged.some((line) => line.includes('ended at turn:before-commit')));
    expect(test.engine.history(id)).toEqual([]);
    expect(activities()).toBe(0);
    await test.restart();
    expect((await test.ended(id)).output).toEqual([1, 2]);
  });

  it('5.10 after a turn is committed leaves all of it', async () => {
    await test.restart({ crashPoint: endingAt('turn:after-commit', 1) });
    const id = await test.begin('chain');
    await eventually(() => test.logged.some((line) => line.includes('ended at turn:after-commit')));
    expect(test.engine.history(id)).toHaveLength(4);
    await test.restart();
    expect((await test.ended(id)).output).toEqual([1, 2]);
    expect(activities()).toBeGreaterThanOrEqual(2);
  });

  it('5.10 after a start was answered does not lose it', async () => {
    const id = await test.begin('chain');
    await test.restart();
    expect((await test.ended(id)).output).toEqual([1, 2]);
  });

  it('5.21 that ends the process leaves everything to the next one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'durable-'));
    const life = async (crashAt: string): Promise<{ child: ChildProcess; reports: Report[] }> => {
      const env = { ...process.env, DURABLE_CRASH_AT: crashAt };
      const child = fork(resolve('dist/bench/durable-crash/child.js'), { env, execArgv: [] });
      const reports: Report[] = [];
      child.on('message', (report: Report) => {
        reports.push(report);
        if (report.kind === 'ended') child.disconnect();
      });
      child.send({ folder, batch: 'b', instances: 2 });
      await once(child, 'exit');
      return { child, reports };
    };
    const killed = await life('activity:square:before#3');
    expect(killed.child.signalCode).toBe('SIGKILL');
    const { reports } = await life('');
    rmSync(folder, { recursive: true });
    expect(reports.at(-1)).toMatchObject({ kind: 'ended', outputs: [expectedOutput(0), expectedOutput(1)] });
  });
});
