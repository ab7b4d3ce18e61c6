import { SeededChance } from '../../support/seeded-chance';
import { fuzzLogs } from './log-fuzz';

/** `npm run fuzz:log` takes a million; a replay names the seed that a failure printed. */
const inputs = Number(process.env['LIFEBOAT_FUZZ_INPUTS'] ?? 20_000);
const seed = Number(process.env['LIFEBOAT_FUZZ_SEED'] ?? Date.now() % 1_000_000);

describe('reading a mutated change log', () => {
  it(
    `ends whole or in one typed refusal, in steps and bytes bounded by its size (seed ${seed})`,
    async () => {
      const counts = await fuzzLogs(inputs, new SeededChance(seed));
      if (inputs > 20_000) console.log(JSON.stringify({ seed, ...counts }, undefined, 2));
      expect(Object.keys(counts.refused)).toEqual(
        expect.arrayContaining([
          'LogTorn',
          'LogTruncated',
          'LogOversized',
          'LogCorrupt',
          'LogOutOfRange',
          'LogUnaligned',
          'LogUnknownVersion',
        ]),
      );
      expect(counts.whole).toBeGreaterThan(0);
      expect(counts.whole + Object.values(counts.refused).reduce((sum, count) => sum + count, 0)).toBe(
        inputs,
      );
    },
    30 * 60_000,
  );
});
