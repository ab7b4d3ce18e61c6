import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { simulate } from './simulate';
import { addTally, describeTally, newTally, type Tally } from './tally';

/**
 * `npm run simulate -- --seeds 10000 [--from 1] [--workers 2]`, on all cores unless told otherwise; or `--seed N` to
 * replay one with everything that happened in it. The last line counts.
 */
async function main(): Promise<void> {
  const seed = option('seed');
  if (seed !== undefined) return replay(seed);
  const from = option('from') ?? 1;
  const seeds = option('seeds') ?? 1000;
  const part = option('part');
  const workers = option('workers') ?? availableParallelism();
  if (part !== undefined) {
    // Most errors here are faults of storage that somebody survives: nobody reads where they were made.
    Error.stackTraceLimit = 0;
    process.send?.(await runSeeds(seedsOf(from, seeds, { part, workers })), () => process.disconnect());
    return;
  }
  const started = process.hrtime.bigint();
  const tally = await runWorkers(workers);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(describeTally(tally, seconds));
  process.exitCode = tally.violations > 0 ? 1 : 0;
}

async function replay(seed: number): Promise<void> {
  const { violations } = await simulate(seed, { trace: (line) => console.log(line) });
  console.log(violations.map(({ message }) => message).join('\n') || 'no violation');
  process.exitCode = violations.length > 0 ? 1 : 0;
}

function seedsOf(
  from: number,
  count: number,
  { part, workers }: { part: number; workers: number },
): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => from + index);
  return all.filter((_, index) => index % workers === part);
}

async function runSeeds(seeds: readonly number[]): Promise<Tally> {
  const tally = newTally();
  for (const seed of seeds) {
    const outcome = await simulate(seed);
    addTally(tally, {
      seeds: 1,
      steps: outcome.steps,
      violations: 0,
      counts: Object.fromEntries(outcome.counts),
    });
    if (outcome.violations[0] === undefined) continue;
    tally.violations += 1;
    console.log(`seed ${seed}: ${outcome.violations[0].message}`);
  }
  return tally;
}

/** Each worker has one core: it collects garbage and compiles on it too, and lets garbage gather before it does. */
const workerFlags = ['--single-threaded', '--max-semi-space-size=32'];

async function runWorkers(workers: number): Promise<Tally> {
  const tally = newTally();
  const [, entry = '', ...parameters] = process.argv;
  const runner = new URL('scripts/run-typescript.mjs', `file://${process.cwd()}/`).pathname;
  const parts = Array.from({ length: workers }, (_, part) => {
    const child = fork(runner, [entry, ...parameters, '--part', String(part), '--workers', String(workers)], {
      execArgv: workerFlags,
    });
    child.on('message', (message) => addTally(tally, message as Tally));
    return new Promise<void>((resolve, reject) => {
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    });
  });
  await Promise.all(parts);
  return tally;
}

function option(name: string): number | undefined {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : Number(process.argv[index + 1]);
}

void main();
