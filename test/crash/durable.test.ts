import { resolve } from 'node:path';
import { runCrashTest } from '../../bench/durable-crash/driver';

const isLong = process.env['LIFEBOAT_LONG'] === '1';
const kills = isLong ? 1000 : 100;

describe('the durable engine, killed again and again', () => {
  it(
    `ends every instance with the exact result after ${kills} kills`,
    async () => {
      const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
      console.log(
        `crash test: seed ${seed}; again with npm run test:crash -- --kills ${kills} --seed ${seed}`,
      );
      const result = await runCrashTest({ kills, seed, child: resolve('dist/bench/durable-crash/child.js') });
      expect(result.problems).toEqual([]);
      expect(result.kills).toBe(kills);
      expect(result.batches).toBeGreaterThan(0);
    },
    isLong ? 3_600_000 : 600_000,
  );
});
