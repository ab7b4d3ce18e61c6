import { present } from '../../../shared/assert';
import { startAzurite, type Azurite } from '../../support/azurite';
import { FaultyRun, type RunCounts } from './faulty-run';

/** `npm run test:faults` takes a hundred seeds; one alone is replayed with LIFEBOAT_FAULT_SEED. */
const first = Number(process.env['LIFEBOAT_FAULT_SEED'] ?? 1);
const seeds = Number(process.env['LIFEBOAT_FAULT_SEEDS'] ?? 2);
const killsWanted = 16;
const logsWanted = 6;

let accounts: { readonly cache: Azurite; readonly target: Azurite } | undefined;

beforeAll(async () => {
  accounts = { cache: await startAzurite(), target: await startAzurite() };
});
afterAll(async () => Promise.all([accounts?.cache.stop(), accounts?.target.stop()]));

describe('a stream through storage that drops, delays, doubles, cuts, damages, refuses and forgets to answer', () => {
  it(`reaches every recovery point byte for byte, whatever worker dies (${seeds} seeds from ${first})`, async () => {
    const stage = present(accounts, 'the accounts');
    const total: RunCounts = { faults: 0, kills: 0, logs: 0, points: 0, differences: 0 };
    for (let seed = first; seed < first + seeds; seed += 1) {
      const counts = await new FaultyRun(stage, { seed, killsWanted, logsWanted }).run();
      if (counts.differences > 0) console.error(`seed ${seed}: ${JSON.stringify(counts)}`);
      for (const name of Object.keys(total) as (keyof RunCounts)[]) total[name] += counts[name];
    }
    if (seeds > 2) console.log(JSON.stringify({ seeds, ...total }));
    expect(total.differences).toBe(0);
    expect(total.kills).toBeGreaterThanOrEqual(killsWanted * seeds);
    expect(total.faults).toBeGreaterThanOrEqual(30 * seeds);
    expect(total.points).toBeGreaterThanOrEqual(seeds);
  }, 3_600_000);
});
