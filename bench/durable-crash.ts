import { parseArgs } from 'node:util';
import { runCrashTest } from './durable-crash/driver';

/** npm run test:crash -- --kills 1000 --seed 7 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
  const kills = Number(values.kills ?? 100);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  console.log(`crash test: ${kills} kills, seed ${seed}`);
  const result = await runCrashTest({ kills, seed });
  console.log(`${result.kills} kills, ${result.instances} instances in ${result.batches} batches`);
  for (const problem of result.problems) console.error(problem);
  console.log(result.problems.length === 0 ? 'every result exact' : `${result.problems.length} problems`);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}

void main();
