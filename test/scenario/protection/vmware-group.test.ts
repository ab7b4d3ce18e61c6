import { eventually } from '../../support/eventually';
import { Inside } from '../../support/protection/inside';
import { group, Site } from '../../support/protection/site';
import type { SiteMachine } from '../../support/protection/site-machine';
import { vmwareSite } from '../../support/protection/site-options';
import { slowHost, SlowLink } from '../../support/protection/slow-link';
import { startStack, type Stack } from '../../support/stack';
import { freePort } from '../../support/free-port';

// The clouds of all tests share a processor: few logs, so that none waits long to be applied.
const sealIntervalInMs = 1000;
const names = ['web', 'db', 'queue'];
const diskSizeBytes = 256 * 1024;
const enoughPoints = 4;
/** In this time guests that nobody holds write many times. */
const delayInMs = 50;

let stack: Stack;
let site: Site;
let inside: Inside;
const machines: SiteMachine[] = [];
const links: SlowLink[] = [];

beforeAll(async () => {
  stack = await startStack();
  site = await Site.open(stack, vmwareSite);
  inside = new Inside(stack);
}, 120_000);

afterAll(async () => {
  await site.close();
  for (const link of links) await link.close();
  await stack.stop();
}, 60_000);

function sectorOf(count: number): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt32LE(count);
  return sector;
}

/** The disk of each machine, in the order of their names. */
async function replicaIds(): Promise<string[]> {
  const found = await Promise.all(names.map((name) => inside.replicasOf(site.itemId(name))));
  return found.map(([replica]) => replica?.replicaId ?? '');
}

/** Recovery points that several machines share, by what the API says of them; the newest first. */
async function sharedPoints(): Promise<string[]> {
  const at = [site.vault, group, site.fabric, site.container, 'queue'] as const;
  const found: string[] = [];
  for await (const { name = '', properties } of site.client.recoveryPoints.listByReplicationProtectedItems(
    ...at,
  )) {
    const details = properties?.providerSpecificDetails as { isMultiVmSyncPoint?: string } | undefined;
    if (details?.isMultiVmSyncPoint === 'Yes') found.push(name);
  }
  return found;
}

async function membersOf(point: string): Promise<string[]> {
  const manifest = await inside.replicas.point(point);
  return (manifest?.members ?? []).map(({ replicaId }) => replicaId).toSorted();
}

/** Whoever coordinates is heard late by the others: what it tells them to do they do long after it has done it itself. */
async function protectAll(): Promise<void> {
  for (const name of names) {
    const port = await freePort();
    links.push(await SlowLink.open(port, delayInMs));
    const listens = { groupEndpoint: { host: slowHost, port }, groupListenAddress: '127.0.0.1' };
    const disks = [Buffer.alloc(diskSizeBytes)];
    machines.push(await site.machine({ name, disks, sealIntervalInMs, ...listens }));
  }
  await Promise.all(names.map((name) => site.enable(name, name, { multiVmGroupName: 'shop' })));
  await Promise.all(names.map((name) => site.reaches(name, 'Protected')));
  await eventually(() => {
    const others = machines.map((machine) => machine.status()?.markers[0]?.otherMachines);
    return Promise.resolve(others.every((count) => count === names.length - 1));
  }, 120_000);
}

/** Each machine writes the count only after the machine before it has: no point may hold it out of this order. */
async function writeInTurn(): Promise<void> {
  const guests = await Promise.all(machines.map((machine) => machine.connect(0)));
  const known = (await sharedPoints()).length;
  let count = 0;
  while ((await sharedPoints()).length < known + enoughPoints) {
    for (const until = count + 20; count < until; count++)
      for (const guest of guests) await guest.write(0, sectorOf(count + 1));
  }
  for (const guest of guests) guest.close();
}

async function expectOrder(): Promise<void> {
  const disks = await replicaIds();
  const seen = new Set<number>();
  for (const point of (await sharedPoints()).slice(0, enoughPoints)) {
    expect(await membersOf(point)).toEqual(disks.toSorted());
    const contents = await Promise.all(disks.map((replicaId) => inside.contentAt(point, replicaId)));
    const counts = contents.map((content) => content.readUInt32LE(0));
    expect(counts).toEqual(counts.toSorted((left, right) => right - left));
    expect((counts[0] ?? 0) - (counts.at(-1) ?? 0)).toBeLessThanOrEqual(1);
    seen.add(counts[0] ?? 0);
  }
  expect(seen.size).toBeGreaterThan(1);
}

/** The others go on without a machine that is not protected any more. */
async function expectOthersToGoOn(): Promise<void> {
  const [web = '', db = ''] = await replicaIds();
  await site.disable('queue');
  await machines[0]?.write(0, 512, sectorOf(7));
  const point = await site.pointAfter('db', Date.now());
  expect(await membersOf(point)).toEqual([web, db].toSorted());
  expect((await inside.contentAt(point, web)).readUInt32LE(512)).toBe(7);
}

// One life, in order: what one step does, the next ones build on.
it('B11 three machines with agents of their own share points that show no effect without its cause', async () => {
  await protectAll();
  await writeInTurn();
  await expectOrder();
  await expectOthersToGoOn();
}, 600_000);
