import { startAzurite } from '../../support/azurite';
import { FaultyRun, type RunCounts } from './faulty-run';

/** `npm run test:faults` takes a hundred seeds; one alone is replayed with LIFEBOAT_FAULT_SEED. */
const first = Number(process.env['LIFEBOAT_FAULT_SEED'] ?? 1);
const seeds = Number(process.env['LIFEBOAT_FAULT_SEEDS'] ?? 1);
const killsWanted = 16;
const logsWanted = 6;

/** Azurite slows down with all that it ever held: so many seeds share a pair. */
const seedsOfOnePair = 10;

describe('a stream through storage that drops, delays, doubles, cuts, damages, refuses and forgets to answer', () => {
  it(
    `reaches every recovery point byte for byte, whatever worker dies (${seeds} seeds from ${first})`,
    async () => {
      const total: RunCounts = { faults: 0, kills: 0, logs: 0, points: 0, differences: 0 };
      for (let seed = first; seed < first + seeds; seed += seedsOfOnePair) {
        await runSome(seed, Math.min(seedsOfOnePair, first + seeds - seed), total);
        if (seeds > 1)
          process.stderr.write(`to seed ${seed + seedsOfOnePair - 1}: ${JSON.stringify(total)}\n`);
      }
      expect(total.differences).toBe(0);
      expect(total.kills).toBeGreaterThanOrEqual(killsWanted * seeds);
      expect(total.faults).toBeGreaterThanOrEqual(30 * seeds);
      expect(total.points).toBeGreaterThanOrEqual(seeds);
    },
    seeds * 120_000,
  );
});

async function runSome(from: number, count: number, total: RunCounts): Promise<void> {
  const stage = { cache: await startAzurite(), target: await startAzurite() };
  try {
    for (let seed = from; seed < from + count; seed += 1) {
      const counts = await new FaultyRun(stage, { seed, killsWanted, logsWanted }).run();
      if (counts.differences > 0) console.error(`seed ${seed}: ${JSON.stringify(counts)}`);
      for (const name of Object.keys(total) as (keyof RunCounts)[]) total[name] += counts[name];
    }
  } finally {
    await Promise.all([stage.cache.stop(), stage.target.stop()]);
  }
}
