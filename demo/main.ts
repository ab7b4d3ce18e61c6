import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloud } from '../local/cloud';
import { Azure } from './azure';
import type { Guest } from './guest';
import { ProtectedSite } from './protected-site';
import { west } from './regions';
import { Screen } from './screen';
import { account } from './story/account';
import { comeBack } from './story/come-back';
import { failOver } from './story/fail-over';
import { keepRunning, protectAgain } from './story/keep';
import { protect } from './story/protect';
import { machine, seconds, type Stage } from './story/stage';
import { startTheCloud } from './story/start-cloud';
import { comparePoints, write } from './story/write';

/** `npm run demo [-- --keep]`: the whole life of a protected machine, on this computer alone. */
async function main(): Promise<void> {
  const startInMs = Date.now();
  const screen = new Screen(process.stdout);
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-demo-'));
  const guests: Guest[] = [];
  let cloud: Cloud | undefined;
  screen.title('The life of a protected machine, on this computer alone. It takes a minute or two.');
  try {
    cloud = await startTheCloud(screen, join(folder, 'cloud'));
    const site = new ProtectedSite(cloud);
    const azure = new Azure(cloud.facts['arm.endpoint'] ?? '', site.credential);
    const stage: Stage = { screen, cloud, site, azure, folder, guests, isRight: true };
    await Promise.race([tell(stage, process.argv.includes('--keep'), startInMs), interrupted()]);
    if (!stage.isRight) process.exitCode = 1;
  } finally {
    for (const guest of guests) await guest.stop();
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Ctrl-C in the middle of the story: what was started is ended as at its end. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error('it was interrupted.')));
    }
  });
}

async function tell(stage: Stage, isKept: boolean, startInMs: number): Promise<void> {
  const { screen, site } = stage;
  const { guest, machineId } = await protect(stage);
  const sinceMs = Date.now();
  const remembered = await write(stage, guest);
  const logs = await comparePoints(stage, remembered);
  const spent = { sinceMs, writes: guest.writes, logs, seconds: (Date.now() - sinceMs) / 1000 };
  const chosen = remembered[1];
  if (chosen === undefined) throw new Error('nothing was remembered');
  const awayId = await failOver(stage, guest, chosen);
  const home = await comeBack(stage, { machineId: awayId, priorId: machineId, writes: chosen.afterWrites });
  await account(stage, spent);
  await protectAgain(stage, home, chosen.afterWrites);
  if (isKept) await keepRunning(stage);
  screen.chapter('Stop protecting');
  await site.disable(machine, west);
  screen.say('protection disabled; replica, points, logs and grants are removed');
  if (!isKept) screen.title(`Done in ${seconds(startInMs)}.`);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(
    `\nThe demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
});
