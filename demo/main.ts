import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { A2AReplicationDetails, RecoveryPoint } from '@azure/arm-recoveryservices-siterecovery';
import { builtParts, type Cloud, freePorts, startCloud } from '../local/cloud';
import { digestOf, diskSizeBytes, Guest } from './guest';
import { openPoint } from './open-point';
import { ProtectedSite } from './protected-site';
import { Screen } from './screen';
import { trust } from './trust';
import { until } from './until';

const machine = 'web-01';
const rounds = 3;

/** What the disk held, and when: what a recovery point will be compared with. */
interface Remembered {
  readonly afterWrites: number;
  readonly atMs: number;
  readonly content: Buffer;
}

async function main(): Promise<void> {
  const startInMs = Date.now();
  const screen = new Screen(process.stdout);
  const isKept = process.argv.includes('--keep');
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-demo-'));
  const guest = new Guest(machine, folder);
  let cloud: Cloud | undefined;
  try {
    cloud = await startTheCloud(screen, folder);
    const site = new ProtectedSite(cloud);
    await protect(screen, cloud, site, guest);
    const remembered = await write(screen, cloud, site, guest);
    const isRight = await compare(screen, cloud, site, remembered);
    await leave(screen, site);
    screen.title(`Done in ${seconds(startInMs)}.`);
    if (!isRight) process.exitCode = 1;
    if (isKept) await keep(screen, site);
  } finally {
    await guest.stop();
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function startTheCloud(screen: Screen, folder: string): Promise<Cloud> {
  screen.title('1. A cloud on this machine');
  const startInMs = Date.now();
  const programs = resolve(__dirname, '..', 'local');
  const parts = builtParts(programs);
  const cloud = await startCloud({
    declarationFile: resolve(__dirname, '..', '..', 'local.cloud.json'),
    dataFolder: join(folder, 'cloud'),
    programs,
    parts,
    ports: await freePorts(),
    onLine: () => undefined,
    say: () => undefined,
  });
  trust(cloud.facts['authority.file'] ?? '');
  screen.say(`${parts.join(', ')}: up after ${seconds(startInMs)}, on 127.0.0.1 only`);
  return cloud;
}

async function protect(screen: Screen, cloud: Cloud, site: ProtectedSite, guest: Guest): Promise<void> {
  screen.title('2. Protect a machine, with the official Site Recovery client');
  await site.create();
  screen.say('vault, two regions, policy (a recovery point every 3 s) and mapping: created');
  guest.makeDisk();
  guest.startAgent(site.endpoint, await site.registrationToken(), cloud.facts['authority.file'] ?? '');
  await guest.boot();
  screen.say(`${machine}: a disk of ${diskSizeBytes / 2 ** 20} MiB, served over NBD by its agent`);
  const startInMs = Date.now();
  await site.enable(machine, guest.machineId, 'disk0');
  await until('the first copy', async () => {
    const { properties } = await site.item(machine);
    const { monitoringPercentageCompletion: percent = 0 } =
      properties?.providerSpecificDetails as A2AReplicationDetails;
    screen.progress(`copying ${percent} %`, percent / 100);
    return properties?.protectionState === 'Protected' ? true : undefined;
  });
  screen.good(`Protected after ${seconds(startInMs)}`);
  const jobs = (await site.jobs())
    .slice(0, 3)
    .map(({ properties }) => `${properties?.friendlyName} (${properties?.state})`);
  screen.say(`jobs: ${jobs.reverse().join(', ')}`);
}

/** Writes, remembers what the disk held, kills the service in the middle, and waits for points of each moment. */
async function write(
  screen: Screen,
  cloud: Cloud,
  site: ProtectedSite,
  guest: Guest,
): Promise<readonly Remembered[]> {
  screen.title('3. Write, and kill the service in the middle');
  const remembered: Remembered[] = [];
  for (let round = 1; round <= rounds; round++) {
    await guest.write(200);
    remembered.push({ afterWrites: guest.writes, atMs: Date.now(), content: guest.content() });
    if (round === 2) {
      const killedInMs = Date.now();
      const pid = cloud.supervisor.status().find(({ name }) => name === 'host')?.pid;
      await cloud.supervisor.kill('host');
      await cloud.supervisor.serving('host', pid);
      screen.say(`kill -9 of the Functions host; it serves again after ${seconds(killedInMs)}`);
    }
    const point = await until('a recovery point', () => newestSince(site, remembered.at(-1)?.atMs ?? 0));
    screen.say(
      `${guest.writes} writes so far; newest recovery point ${timeOf(point)} (${point.properties?.recoveryPointType})`,
    );
  }
  return remembered;
}

async function compare(
  screen: Screen,
  cloud: Cloud,
  site: ProtectedSite,
  remembered: readonly Remembered[],
): Promise<boolean> {
  screen.title('4. Open recovery points and compare every byte');
  const points = await site.points(machine);
  let isRight = true;
  for (const moment of remembered) {
    // Nobody wrote between remembering and the first point after it.
    const since = points.filter(
      (point) => (point.properties?.recoveryPointTime?.getTime() ?? 0) >= moment.atMs,
    );
    const point = since.toSorted((left, right) => timeInMs(left) - timeInMs(right))[0];
    const content = await openPoint(cloud, point?.name ?? '');
    const isSame = content.equals(moment.content);
    isRight &&= isSame;
    const sentence = `after ${moment.afterWrites} writes: source ${digestOf(moment.content)}, recovery point ${digestOf(content)}`;
    if (isSame) screen.good(sentence);
    else screen.bad(sentence);
  }
  return isRight;
}

async function leave(screen: Screen, site: ProtectedSite): Promise<void> {
  screen.title('5. Stop protecting');
  await site.disable(machine);
  screen.say('protection disabled; replica, points, logs and grants are removed');
}

async function keep(screen: Screen, site: ProtectedSite): Promise<void> {
  screen.say(
    `The cloud stays up until Ctrl-C. The API is at ${site.endpoint}; a token: npm run --silent token -- --as owner`,
  );
  await new Promise<void>((done) => process.once('SIGINT', done));
}

async function newestSince(site: ProtectedSite, sinceMs: number): Promise<RecoveryPoint | undefined> {
  return (await site.points(machine)).find((point) => timeInMs(point) >= sinceMs);
}

function timeInMs(point: RecoveryPoint): number {
  return point.properties?.recoveryPointTime?.getTime() ?? 0;
}

function timeOf(point: RecoveryPoint): string {
  return point.properties?.recoveryPointTime?.toISOString().slice(11, 23) ?? '';
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(
    `The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
});
