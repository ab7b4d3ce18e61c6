import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { startCatalogueProcess } from '../../support/cosmos/catalogue-process';
import { eventually } from '../../support/eventually';
import { CrashLoad } from '../../support/cosmos/crash-load';

const isLong = process.env['LIFEBOAT_LONG'] === '1';
const kills = isLong ? 500 : 50;
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const key = Buffer.from('a key for tests').toString('base64');

/** mulberry32 */
function chanceFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Method: kill the server at a random moment under load, start it again on the same files, and compare what is there
// with what was acknowledged: a value may be newer than the last acknowledged one, never older.
it(
  `loses nothing it acknowledged when it is killed ${kills} times under load`,
  async () => {
    const next = chanceFrom(seed);
    const folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
    const load = new CrashLoad(key, next);
    let server = await startCatalogueProcess(folder, key);
    try {
      await load.prepare(server.port);
      for (let kill = 0; kill < kills; kill++) {
        const running = load.run(server.port, 6);
        const enough = load.acknowledgedWrites + 1 + Math.floor(next() * 40);
        await eventually(() => Promise.resolve(load.acknowledgedWrites >= enough));
        await pass(next() * 20);
        await server.kill();
        await running;
        server = await startCatalogueProcess(folder, key);
        expect(await load.losses(server.port)).toEqual({ lost: 0, invented: 0, torn: 0 });
      }
      expect(await server.stop()).toBe(0);
    } finally {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    }
    console.info(
      `seed ${seed}: ${kills} kills, ${load.acknowledgedWrites} writes and ${load.acknowledgedBatches} batches acknowledged`,
    );
    expect(load.acknowledgedWrites).toBeGreaterThan(kills);
    expect(load.acknowledgedBatches).toBeGreaterThan(0);
  },
  isLong ? 3_600_000 : 300_000,
);
