import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

const help = `npm run demo [-- --keep]: the whole life of a protected machine, on this computer alone.

  --keep   leave everything running at the end, with commands to try, until Ctrl-C
`;

class Interrupted extends Error {}

async function main(isKept: boolean): Promise<void> {
  const startInMs = Date.now();
  const interruption = interrupted();
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
    await Promise.race([tell(stage, isKept, startInMs), interruption]);
    if (!stage.isRight) process.exitCode = 1;
  } finally {
    for (const guest of guests) await guest.stop();
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Ctrl-C in the middle of the story: what was started is ended as at its end. */
function interrupted(): Promise<never> {
  const interruption = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Interrupted()));
    }
  });
  // Nobody may be waiting yet.
  interruption.catch(() => undefined);
  return interruption;
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

function wishes(): { readonly keep?: boolean; readonly help?: boolean } | string {
  try {
    return parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const wished = wishes();
if (typeof wished === 'string') {
  process.stderr.write(`${wished}\n${help}`);
  process.exitCode = 2;
} else if (wished.help === true) {
  process.stdout.write(help);
} else {
  main(wished.keep === true).catch((error: unknown) => {
    process.exitCode = error instanceof Interrupted ? 130 : 1;
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      error instanceof Interrupted
        ? '\nInterrupted. Everything that was started is ended, and nothing is left.\n'
        : `\nThe demo failed: ${reason}\n`,
    );
  });
}
