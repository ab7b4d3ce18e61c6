import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { freePorts } from '../../../local/cloud';
import type { ReplicaRecord } from '../../../shared/contracts/replication/replica-record';
import { readItem } from '../../../shared/service/protection/item-records';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import type { NbdClient } from '../../support/nbd-client';
import { Inside } from '../../support/protection/inside';
import { ListeningRelay } from '../../support/protection/listening-relay';
import { group, quick, Site } from '../../support/protection/site';
import { socketsOf } from '../../support/protection/sockets-of';
import { declarationWith } from '../../support/stack/declaration-with';
import { startStack, type Stack } from '../../support/stack';

const diskBytes = 8 * 1024 * 1024;
// However fast the disk is read: a log that is begun below the quota ends a mebibyte of copying above its own limit, and
// both together are less than the disk.
const spoolQuotaBytes = 5 * 1024 * 1024;
const sealAtBytes = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'agent-process-'));
const paths = ['one', 'two'].map((name) => join(folder, `${name}.raw`));
const canary = Buffer.from('the goldfinch that nobody may read on the way ');

let stack: Stack;
let site: Site;
let inside: Inside;
let relay: ListeningRelay;
let cacheRelay: ListeningRelay;
let agent: AgentProcess;
let replicas: string[];

beforeAll(async () => {
  const ports = await freePorts();
  cacheRelay = await ListeningRelay.open(ports.cache);
  // As a private endpoint has an address of its own.
  const declarationFile = declarationWith(folder, {
    CACHE_BLOB_ENDPOINT: `https://127.0.0.1:${cacheRelay.address}/{{cache.account}}`,
  });
  stack = await startStack({ ports, declarationFile });
  site = await Site.open(stack);
  inside = new Inside(stack);
  relay = await ListeningRelay.open(Number(new URL(site.endpoint).port));
  // By itself a resync would begin as soon as it is due, were it night.
  await site.resyncBetween(Date.now() + 6 * 3_600_000, Date.now() + 7 * 3_600_000);
  for (const path of paths)
    writeFileSync(path, Buffer.concat([canary, randomBytes(diskBytes - canary.byteLength)]));
  agent = new AgentProcess({
    url: `https://127.0.0.1:${relay.address}`,
    folder,
    disks: paths.map((path, index) => `${path}:disk${index}`),
    machineId: 'shop',
    token: await site.token(),
    certificateAuthorityFile: stack.facts['authority.file'] ?? '',
    sealIntervalInMs: 200,
    arguments: ['--spool-quota', String(spoolQuotaBytes), '--seal-at', String(sealAtBytes)],
  });
  agent.start();
}, 120_000);

afterAll(async () => {
  await agent.kill('SIGTERM');
  await site.close();
  await relay.close();
  await stack.stop();
  await cacheRelay.close();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

const content = (disk: number): Buffer => readFileSync(paths[disk] ?? '');

const spoolOf = (disk: number): string =>
  join(folder, 'state', 'disks', Buffer.from(`disk${disk}`).toString('base64url'), 'spool');

/** The change logs that wait in the agent's folder, disk by disk. */
function spools(): string[][] {
  return [0, 1].map((disk) => readdirSync(spoolOf(disk)).filter((name) => name.endsWith('.log')));
}

function spooledBytes(disk: number): number {
  const sizes = filesBelow(spoolOf(disk)).map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
  );
}

/** Everything written until now is in the replicas, byte for byte. */
async function expectReplicasEqual(): Promise<void> {
  await eventually(async () => {
    const held = await Promise.all(
      replicas.map((id) => inside.ports.disks.open(id).read({ offsetBytes: 0, lengthBytes: diskBytes })),
    );
    return held.every(({ data }, disk) => content(disk).equals(data));
  }, 120_000);
}

/** The same, in a point. */
async function expectPointEqual(): Promise<void> {
  const point = await site.pointAfter('shop', Date.now(), 120_000);
  const contents = await Promise.all(replicas.map((replicaId) => inside.contentAt(point, replicaId)));
  expect(contents.map((each, disk) => each.equals(content(disk)))).toEqual([true, true]);
}

/** While a part of the cloud stands still. */
async function whileStopped(part: 'cache' | 'target', how: () => Promise<void>): Promise<void> {
  const pid = stack.pid(part);
  process.kill(pid, 'SIGSTOP');
  try {
    await how();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function writeAll(guest: NbdClient, blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block++) await guest.write(block * 4096, randomBytes(4096));
}

/** The replicas in the order of the disks. */
async function replicasInOrder(): Promise<string[]> {
  const item = await readItem(inside.ports.records, site.itemId('shop'));
  return [0, 1].map((disk) => item?.disks.find(({ id }) => id === `disk${disk}`)?.replicaId ?? '');
}

/** D8 B9: with no room for all of the first disk, the second waits; what is written to it is in a log of its own. */
async function copyOneByOne(): Promise<void> {
  await site.protectableItemId('shop');
  await agent.kill();
  await site.enable('shop', 'shop');
  replicas = await replicasInOrder();
  cacheRelay.cut();
  agent.start();
  const guests = await Promise.all([agent.connect('disk0'), agent.connect('disk1')]);
  await eventually(() => Promise.resolve(spooledBytes(0) >= spoolQuotaBytes), 120_000);
  for (const guest of guests) await writeAll(guest, 8);
  await eventually(() => Promise.resolve(spools().every((logs) => logs.length > 0)), 120_000);
  expect(spooledBytes(1)).toBeLessThan(1024 * 1024);
  expectSpoolUnreadable();
  expect(await site.points('shop')).toEqual([]);
  expect((await site.item('shop')).properties?.protectionState).toBe('InitialReplicationInProgress');
  const early = await inside.replicasOf(site.itemId('shop'));
  expect(early.map(({ applied }) => applied?.sequence)).toEqual([0, 0]);
  cacheRelay.mend();
  for (const guest of guests) guest.close();
}

/**
 * D10: what was logged while the disks were copied is in the replicas, and nothing of it is kept. B9: there is no point of before,
 * each that is listed holds both disks whole, with their changes.
 */
async function expectCopied(): Promise<void> {
  await site.reaches('shop', 'Protected', 240_000);
  await expectReplicasEqual();
  const records = await inside.replicasOf(site.itemId('shop'));
  expect(records.map(({ copyingEpoch }) => copyingEpoch)).toEqual([null, null]);
  for (const { name } of await site.points('shop'))
    for (const [disk, replicaId] of replicas.entries())
      expect((await inside.contentAt(name, replicaId)).equals(content(disk))).toBe(true);
  await eventually(() => Promise.resolve(spools().every((logs) => logs.length <= 3)), 120_000);
}

/** A7 B12: it listens nowhere, and knows two far ends: the service and the cache, by the addresses that it was told. */
function expectOutboundOnly(): void {
  const { listening, remote } = socketsOf(agent.pid);
  expect(listening).toEqual([]);
  expect(remote.length).toBeGreaterThan(0);
  expect([relay.address, cacheRelay.address]).toEqual(expect.arrayContaining([...remote]));
  expect(cacheRelay.seen.length).toBeGreaterThan(8 * 1024 * 1024);
}

async function firstReplica(): Promise<Partial<ReplicaRecord>> {
  const records = await inside.replicasOf(site.itemId('shop'));
  return records.find(({ replicaId }) => replicaId === replicas[0]) ?? {};
}

/** The newest log of the first disk that the cache holds. */
async function newestCached(): Promise<number> {
  const { replicaId = '', applied } = await firstReplica();
  let newest = 0;
  for await (const { sequence } of inside.ports.cache.list(replicaId, applied?.epoch ?? 0, 1))
    newest = Math.max(newest, sequence);
  return newest;
}

/** A5 D9: the target stands still, and the guest does not notice; its changes are in the cache, and then in the replica. */
async function blockTarget(): Promise<void> {
  const guest = await agent.connect('disk0');
  await whileStopped('target', async () => {
    const before = await newestCached();
    await eventually(async () => {
      await writeAll(guest, 1);
      return (await newestCached()) > before + 3;
    }, 120_000);
    // What the target had answered before it stood still may be written down after it.
    expect((await firstReplica()).applied?.sequence).toBeLessThanOrEqual(before);
  });
  guest.close();
  await expectReplicasEqual();
}

/** D13: just under half of a disk is waited for; half of it is marked, and a person has it compared. */
async function changeHalf(): Promise<void> {
  const half = diskBytes / 2;
  const marked = async (): Promise<boolean> => {
    const { properties } = await site.item('shop');
    return properties?.replicationHealth === 'Critical' && isNamed(properties.healthErrors, 'ResyncNeeded');
  };
  await nothingWaits();
  cacheRelay.cut();
  const almost = half - (half / 50 - ((half / 50) % 4096));
  await writeAndTell(0, almost);
  expect(await marked()).toBe(false);
  await writeAndTell(almost, half);
  await eventually(marked, 120_000);
  cacheRelay.mend();
  await site.client.replicationProtectedItems.beginRepairReplicationAndWait(
    ...[site.vault, group, site.fabric, site.container, 'shop'],
    quick,
  );
  await expectReplicasEqual();
  await eventually(async () => !(await marked()), 120_000);
}

/** An agent that is started reports at once, not only when the next report is due. */
async function restart(): Promise<void> {
  await agent.kill('SIGTERM');
  agent.start();
}

/** All that was sealed is in the replica for good, and the agent has been told so. */
async function nothingWaits(): Promise<void> {
  await restart();
  await eventually(async () => {
    const { agent: said, durable } = await firstReplica();
    return said?.sealed === durable?.sequence && said?.toldSequence === durable?.sequence;
  }, 120_000);
}

/** So much waits, and the service has shown that it knows. */
async function writeAndTell(fromByte: number, toByte: number): Promise<void> {
  const guest = await agent.connect('disk0');
  await guest.write(fromByte, randomBytes(toByte - fromByte));
  guest.close();
  await eventually(() => Promise.resolve(spooledBytes(0) > toByte), 120_000);
  await restart();
  await eventually(async () => {
    const item = await readItem(inside.ports.records, site.itemId('shop'));
    return (item?.disks.find(({ id }) => id === 'disk0')?.pendingBytes ?? 0) > toByte;
  }, 120_000);
}

const isNamed = (errors: readonly { errorCode?: string }[] | undefined, code: string): boolean =>
  errors?.some(({ errorCode }) => errorCode === code) === true;

/** D12 D9 D3: a log is on its way when the agent dies; new writes went to another file of the same folder. */
async function killMidUpload(): Promise<void> {
  // It reports at once when it is started, and is told what it may let go of: the newest log alone stays.
  await agent.kill('SIGTERM');
  agent.start();
  const restBytes = (3 * diskBytes) / 8;
  await eventually(() => Promise.resolve([0, 1].every((disk) => spooledBytes(disk) < restBytes)), 120_000);
  const guest = await agent.connect('disk1');
  await whileStopped('cache', async () => {
    const before = new Set(spools()[1]);
    await guest.write(0, Buffer.concat([canary, Buffer.alloc(4096)], 4096));
    await eventually(async () => {
      await guest.write(65_536, randomBytes(4096));
      return (spools()[1] ?? []).filter((log) => !before.has(log)).length > 3;
    }, 120_000);
    expectSpoolUnreadable();
    guest.close();
    await agent.kill('SIGKILL');
  });
  agent.start();
  (await agent.connect('disk1')).close();
  await expectPointEqual();
  const records = await inside.replicasOf(site.itemId('shop'));
  expect(records.map(({ missing, resyncNeeded }) => [missing?.faults ?? [], resyncNeeded])).toEqual(
    Array(2).fill([[], null]),
  );
}

/** D3: neither what was copied nor what was written can be read where it waits. */
function expectSpoolUnreadable(): void {
  const read = filesBelow(join(folder, 'state')).flatMap((path) => contentIfThere(path));
  expect(read.length).toBeGreaterThan(2);
  for (const bytes of read) expect(bytes.includes(canary)).toBe(false);
}

/** A draft gets its name while others are read. */
function contentIfThere(path: string): Buffer[] {
  try {
    return statSync(path).isFile() ? [readFileSync(path)] : [];
  } catch {
    return [];
  }
}

/** D3: what passes is TLS, in clear text nothing is answered, and what rests is encrypted by storage. */
async function expectEncrypted(): Promise<void> {
  expect(relay.seen.length).toBeGreaterThan(10_000);
  for (const { seen } of [relay, cacheRelay]) expect(seen.includes(canary)).toBe(false);
  expect(relay.seen.includes('/agents/v1')).toBe(false);
  for (const port of [relay.address, cacheRelay.address])
    expect(await clearAnswer(port)).not.toMatch(/HTTP\/1.1 2/);
  const target = new BlobServiceClient(
    stack.facts['target.endpoint'] ?? '',
    new StorageSharedKeyCredential(stack.facts['target.account'] ?? '', stack.facts['target.key'] ?? ''),
  );
  const encrypted: (boolean | undefined)[] = [];
  for await (const { name } of target.listContainers()) {
    const container = target.getContainerClient(name);
    for await (const blob of container.listBlobsFlat()) {
      if (!replicas.some((replicaId) => blob.name.includes(replicaId))) continue;
      encrypted.push((await container.getBlobClient(blob.name).getProperties()).isServerEncrypted);
    }
  }
  expect(encrypted.length).toBeGreaterThan(1);
  expect(new Set(encrypted)).toEqual(new Set([true]));
}

async function clearAnswer(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const answer: Buffer[] = [];
  socket.on('data', (bytes) => answer.push(bytes));
  socket.on('error', () => undefined);
  socket.end('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
  await once(socket, 'close');
  return Buffer.concat(answer).toString('latin1');
}

// One life, in order: what one step does, the next ones build on.
it('A5 A7 B9 B12 D3 D8 D9 D10 D12 D13 an agent of its own keeps a machine safe, whatever stands still or dies', async () => {
  await copyOneByOne();
  await expectCopied();
  expectOutboundOnly();
  await blockTarget();
  await killMidUpload();
  await changeHalf();
  expectOutboundOnly();
  await expectEncrypted();
}, 900_000);
