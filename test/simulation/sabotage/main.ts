import { bundleSimulation, rulesOf } from './bundle';
import { sabotages, type Sabotage } from './sabotage-table';

/** `npm run sabotage [-- --limit 40000] [--only words]`: each bug must be caught; prints the first seed that does. */
async function main(): Promise<void> {
  const limit = Number(option('limit') ?? 40_000);
  const only = option('only') ?? '';
  let escaped = 0;
  const skipped = Number(option('skip') ?? 0);
  for (const sabotage of sabotages.slice(skipped).filter(({ name }) => name.includes(only))) {
    const { seed, message } = await firstCaught(sabotage, limit);
    if (seed === undefined) escaped += 1;
    console.log(
      `${seed === undefined ? 'NOT CAUGHT' : `seed ${seed}`.padEnd(10)}  ${sabotage.name}: ${message.slice(0, 100)}`,
    );
  }
  console.log(`${sabotages.length} bugs, ${escaped} not caught within ${limit} seeds`);
  process.exitCode = escaped > 0 ? 1 : 0;
}

async function firstCaught(
  sabotage: Sabotage,
  limit: number,
): Promise<{ readonly seed?: number; readonly message: string }> {
  const simulate = await bundleSimulation(process.cwd(), sabotage);
  for (let seed = 1; seed <= limit; seed += 1) {
    const { violations } = await simulate(seed, { rules: rulesOf(sabotage) });
    if (violations[0] !== undefined) return { seed, message: violations[0].message };
  }
  return { message: '' };
}

function option(name: string): string | undefined {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : process.argv[index + 1];
}

void main();
