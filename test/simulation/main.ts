import { simulate } from './simulate';

/** `npm run simulate -- --seeds 10000 [--from 1]`, or `--seed N` to replay one with everything that happened. */
async function main(): Promise<void> {
  const seed = option('seed');
  if (seed !== undefined) {
    const outcome = await simulate(seed, { trace: (line) => console.log(line) });
    console.log(outcome.violations.map(({ message }) => message).join('\n') || 'no violation');
    process.exitCode = outcome.violations.length > 0 ? 1 : 0;
    return;
  }
  const from = option('from') ?? 1;
  const seeds = option('seeds') ?? 1000;
  const totals = new Map<string, number>();
  let steps = 0;
  let broken = 0;
  const startedAt = process.cpuUsage();
  for (let at = from; at < from + seeds; at += 1) {
    const outcome = await simulate(at);
    steps += outcome.steps;
    for (const [what, count] of outcome.counts) totals.set(what, (totals.get(what) ?? 0) + count);
    if (outcome.violations.length === 0) continue;
    broken += 1;
    console.log(`seed ${at}: ${outcome.violations[0]?.message ?? ''}`);
    if (broken >= (option('limit') ?? 20)) break;
  }
  const seconds = process.cpuUsage(startedAt).user / 1e6;
  const counters = [...totals].sort().map(([what, count]) => `${what} ${count}`);
  console.log(
    `${seeds} seeds from ${from}, ${steps} steps, ${(seeds / seconds).toFixed(0)} seeds/s; ${counters.join('; ')}; violations ${broken}`,
  );
  process.exitCode = broken > 0 ? 1 : 0;
}

function option(name: string): number | undefined {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : Number(process.argv[index + 1]);
}

void main();
