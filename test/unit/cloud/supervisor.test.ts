import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Supervisor } from '../../../local/cloud/supervisor';
import type { PartPlan } from '../../../local/cloud/part';
import { programFolder } from './programs';

const preload = resolve('dist/local/cloud/end-with-parent.js');

describe('the supervisor', () => {
  let program: string;
  let folder: string;
  let remove: () => Promise<void>;
  let said: string[];
  let supervisors: Supervisor[];
  let startPatienceInMs: number;
  let graceInMs: number;

  beforeEach(async () => {
    ({ program, folder, remove } = await programFolder());
    said = [];
    supervisors = [];
    startPatienceInMs = 0;
    graceInMs = 60_000;
  });
  afterEach(async () => {
    await Promise.all(supervisors.map((one) => one.stop()));
    await remove();
  });

  const journal = () => join(folder, 'journal');
  const noted = async () => (await readFile(journal(), 'utf8')).trim().split('\n');
  const part = (name: string, more: Partial<PartPlan> = {}, ...orders: string[]): PartPlan => ({
    program: {
      name,
      file: program,
      arguments: [name, journal(), ...orders],
      environment: {},
      ready: /^listening/,
    },
    startsAfter: [],
    rebornWith: [],
    ...more,
  });
  const supervise = (...plans: PartPlan[]) => {
    const one = new Supervisor({
      plans,
      preload,
      onLine: () => undefined,
      say: (sentence) => said.push(sentence),
      longestPauseInMs: 200,
      graceInMs,
      startPatienceInMs,
    });
    supervisors.push(one);
    return one;
  };
  const pidOf = (one: Supervisor, name: string) =>
    one.status().find((status) => status.name === name)?.pid ?? NaN;

  it('starts parts in order and ends them in the opposite order', async () => {
    const one = supervise(part('app', { startsAfter: ['broker'] }), part('broker'));
    await one.start();
    await one.stop();
    expect(await noted()).toEqual(['broker starts', 'app starts', 'app ends', 'broker ends']);
  });

  it('starts a part again that died, and says so', async () => {
    const one = supervise(part('broker'));
    await one.start();
    const before = pidOf(one, 'broker');
    await one.kill('broker');
    const after = await one.serving('broker', before);
    expect(after).not.toBe(before);
    expect(one.status()).toMatchObject([{ name: 'broker', isServing: true, restarts: 1 }]);
    expect(said).toEqual([
      'broker ended: signal SIGKILL.',
      'broker is started again in 0.1 s.',
      'broker serves again.',
    ]);
  });

  it('leaves the others alone when a part dies', async () => {
    const one = supervise(part('app', { startsAfter: ['broker'] }), part('broker'));
    await one.start();
    const [app, broker] = [pidOf(one, 'app'), pidOf(one, 'broker')];
    await one.kill('broker');
    await one.serving('broker', broker);
    expect(pidOf(one, 'app')).toBe(app);
  });

  it('ends what holds clients of a storage before it starts the storage again, and starts it after', async () => {
    const one = supervise(part('app', { rebornWith: ['storage'] }), part('storage'), part('broker'));
    await one.start();
    const [app, storage, broker] = ['app', 'storage', 'broker'].map((name) => pidOf(one, name));
    await writeFile(journal(), '');
    await one.kill('storage');
    await one.serving('app', app);
    expect(await noted()).toEqual(['app ends', 'storage starts', 'app starts']);
    expect(pidOf(one, 'storage')).not.toBe(storage);
    expect(pidOf(one, 'broker')).toBe(broker);
    expect(said).toContain('app is ended and started anew, because storage ended.');
  });

  it('does so even when both die at once', async () => {
    const one = supervise(part('app', { rebornWith: ['storage'] }), part('storage'));
    await one.start();
    const app = pidOf(one, 'app');
    await writeFile(journal(), '');
    await Promise.all([one.kill('app'), one.kill('storage')]);
    await one.serving('storage');
    await one.serving('app', app);
    const starts = (await noted()).filter((line) => line.endsWith('starts'));
    expect(starts.at(-1)).toBe('app starts');
    expect(starts.indexOf('storage starts')).toBeLessThan(starts.lastIndexOf('app starts'));
  });

  it('kills what must not live on and does not listen', async () => {
    graceInMs = 500;
    const one = supervise(part('app', { rebornWith: ['storage'] }, 'deaf'), part('storage'));
    await one.start();
    const app = pidOf(one, 'app');
    await one.kill('storage');
    await one.serving('app', app);
    expect(isAlive(app)).toBe(false);
  });

  it('reports a part that cannot start in its own words, and ends the others', async () => {
    const one = supervise(part('broker'), part('app', { startsAfter: ['broker'] }, 'fail'));
    await expect(one.start()).rejects.toThrow(/app ended before it served: exit code 3[^]*no luck today/);
    expect(await noted()).toEqual(['broker starts', 'broker ends']);
    expect(one.status().every(({ pid }) => pid === undefined)).toBe(true);
  });

  it('has patience with a part whose predecessor still holds its files, while it was asked to', async () => {
    startPatienceInMs = 60_000;
    const one = supervise(part('broker', {}, 'fail-twice'));
    await one.start();
    expect(said.filter((line) => line === 'broker ended: exit code 3.')).toHaveLength(2);
  });

  it('waits longer each time for a part that keeps ending', async () => {
    const one = supervise(part('broker'));
    await one.start();
    await writeFile(program, `console.error('broken'); process.exit(4);`);
    await one.kill('broker');
    const pauses = () => said.filter((line) => line.includes('is started again'));
    while (pauses().length < 4) await sleep(20);
    await one.stop();
    expect(pauses().map((line) => / in ([\d.]+) s/.exec(line)?.[1])).toEqual(['0.1', '0.2', '0.2', '0.2']);
  });

  it('leaves no part running when it is killed itself', async () => {
    const script = join(folder, 'supervise.js');
    const plans = [part('broker'), part('app', { startsAfter: ['broker'] })];
    await writeFile(
      script,
      `const { Supervisor } = require(${JSON.stringify(resolve('dist/local/cloud/supervisor.js'))});
       const plans = ${JSON.stringify(plans)}.map((plan) => ({
         ...plan, program: { ...plan.program, ready: /^listening/ } }));
       const one = new Supervisor({ plans, preload: ${JSON.stringify(preload)}, onLine() {}, say() {},
         longestPauseInMs: 100, graceInMs: 500, startPatienceInMs: 0 });
       one.start().then(() => console.log(JSON.stringify(one.status().map(({ pid }) => pid))));`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pids = JSON.parse(line) as number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await once(parent, 'close');
    while ((await noted()).length < 4) await sleep(20);
    expect((await noted()).toSorted()).toEqual(['app ends', 'app starts', 'broker ends', 'broker starts']);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
