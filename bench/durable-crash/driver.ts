import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expectedOutput, parts, rounds } from './app';
import { type Order, type Report } from './child';

export interface CrashTestOptions {
  readonly kills: number;
  readonly seed: number;
  /** Compiled `child.js`. */
  readonly child?: string;
}

export interface CrashTestResult {
  readonly kills: number;
  readonly batches: number;
  readonly instances: number;
  /** What was not exactly as it should be. Empty if all is well. */
  readonly problems: readonly string[];
}

const instancesPerBatch = 6;
const longestLifeMs = 250;
const longestWaitMs = 60_000;
const crashPoints = [
  'activity:square:before',
  'activity:square:after',
  'activity:square:recorded',
  'activity:flaky:before',
  'activity:flaky:after',
  'turn:before-commit',
  'turn:after-commit',
  'entity:before-commit',
  'entity:after-commit',
];

/**
 * Kills an engine again and again, at random moments and at named points, while it runs orchestrations; whatever was
 * begun has to end with exactly the right result. A seed gives the same moments, as far as a machine keeps time.
 */
export async function runCrashTest({ kills, seed, child }: CrashTestOptions): Promise<CrashTestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'durable-crash-'));
  const script = child ?? resolve('dist/bench/durable-crash/child.js');
  const test = new CrashTest({ folder, script, random: randomFrom(seed) });
  try {
    return await test.run(kills);
  } finally {
    test.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

class CrashTest {
  readonly #folder: string;
  readonly #script: string;
  readonly #random: () => number;
  readonly #problems: string[] = [];
  #standby: ChildProcess;
  #kills = 0;
  #batch = 0;

  constructor({ folder, script, random }: { folder: string; script: string; random: () => number }) {
    this.#folder = folder;
    this.#script = script;
    this.#random = random;
    this.#standby = this.#spawn({ isSafe: false });
  }

  async run(kills: number): Promise<CrashTestResult> {
    while (this.#kills < kills) await this.#life({ isKilled: true });
    this.#standby.kill('SIGKILL');
    this.#standby = this.#spawn({ isSafe: true });
    await this.#life({ isKilled: false });
    return {
      kills: this.#kills,
      batches: this.#batch,
      instances: this.#batch * instancesPerBatch,
      problems: this.#problems,
    };
  }

  dispose(): void {
    this.#standby.kill('SIGKILL');
  }

  /** One process, from its opening of the folder to its end. A batch that ends makes room for the next. */
  async #life({ isKilled }: { isKilled: boolean }): Promise<void> {
    const child = this.#standby;
    await loaded(child);
    if (isKilled) this.#standby = this.#spawn({ isSafe: false });
    const order: Order = { folder: this.#folder, batch: `batch${this.#batch}`, instances: instancesPerBatch };
    const gone = once(child, 'exit');
    const ended = new Promise<boolean>((resolve) => {
      const limit = setTimeout(() => resolve(false), isKilled ? this.#lifeMs() : longestWaitMs);
      child.on('message', (report: Report) => {
        if (report.kind === 'problem') this.#problems.push(report.message);
        if (report.kind !== 'ended') return;
        this.#check(report);
        clearTimeout(limit);
        resolve(true);
      });
      child.once('exit', () => {
        clearTimeout(limit);
        resolve(false);
      });
    });
    child.send(order);
    const isEnded = await ended;
    if (isEnded) this.#batch++;
    else if (!isKilled) this.#problems.push(`batch${this.#batch} did not end`);
    child.kill('SIGKILL');
    await gone;
    if (isKilled) this.#kills++;
  }

  #lifeMs(): number {
    return 20 + this.#random() * longestLifeMs;
  }

  #check({ outputs, counters }: Extract<Report, { kind: 'ended' }>): void {
    outputs.forEach((output, index) =>
      this.#expect(`${this.#batch}-${index}`, output, expectedOutput(index)),
    );
    const jobs = instancesPerBatch * rounds;
    this.#expect('counters', counters, { signals: jobs, calls: jobs * parts, locked: jobs });
  }

  #expect(what: string, found: unknown, expected: unknown): void {
    if (JSON.stringify(found) === JSON.stringify(expected)) return;
    this.#problems.push(
      `batch ${this.#batch}, ${what}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}`,
    );
  }

  #spawn({ isSafe }: { isSafe: boolean }): ChildProcess {
    // Two of three lives end at a named point, however slow the machine; the others whenever their time is up.
    const point = crashPoints[Math.floor(this.#random() * crashPoints.length * 1.5)];
    const pass = 1 + Math.floor(this.#random() * 8);
    const crashAt = point === undefined || isSafe ? {} : { DURABLE_CRASH_AT: `${point}#${pass}` };
    return fork(this.#script, { env: { ...process.env, ...crashAt }, execArgv: [], stdio: 'inherit' });
  }
}

async function loaded(child: ChildProcess): Promise<void> {
  const [report] = (await once(child, 'message')) as [Report];
  if (report.kind !== 'loaded') throw new Error('the child did not load');
}

/** A small generator whose whole state is its seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
