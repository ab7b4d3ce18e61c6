import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessServer } from '../../../agent/site/process-server/process-server';
import { type SiteAgent, startSiteAgent } from '../../../agent/site/start-site-agent';
import type { Agent } from '../../../agent/start-agent';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { eventually } from '../../support/eventually';
import { NbdClient } from '../../support/nbd-client';
import { ReferenceService } from '../../support/reference-service';
import { SiteAuthority } from '../../support/site/site-certificates';
import { TappedPort } from '../../support/site/tapped-port';
import { startTestAgent } from '../../support/test-agent';

const sizeBytes = 2 * 1024 * 1024;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let folder: string;
let service: ReferenceService;
let authority: SiteAuthority;
let stopping: (() => Promise<void>)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'process-server-'));
  service = await ReferenceService.start();
  authority = await SiteAuthority.create();
  stopping = [];
});

afterEach(async () => {
  for (const stop of stopping.toReversed()) await stop();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly server: ProcessServer;
  readonly agent: SiteAgent;
  readonly spoolFolder: string;
}

async function startServer(name: string): Promise<Started> {
  const spoolFolder = join(folder, `${name}-spool`);
  const server = await ProcessServer.open({
    ...{ folder: spoolFolder, spoolKey: Buffer.alloc(32, 7), clock: systemClock, log: quiet },
    ...{ listen: { host: '127.0.0.1', port: 0 }, trust: await authority.issue(name), firstPauseInMs: 20 },
  });
  const agent = await startSiteAgent({
    ...{ url: service.url, stateFolder: join(folder, name), token: 'a-registration-token-of-a-test' },
    ...{ name, hostId: name, roles: [server], clock: systemClock, ids: systemIds, log: quiet },
  });
  stopping.push(() => agent.stop());
  return { server, agent, spoolFolder };
}

async function startMachine(content: Buffer): Promise<{ agent: Agent; path: string; replicaId: string }> {
  const path = join(folder, 'disk.raw');
  writeFileSync(path, content);
  const replicaId = await service.protect('machine', 'disk0', content.byteLength);
  const agent = await startTestAgent({
    ...{ url: service.url, folder, machineId: 'machine', paths: [path] },
    siteTrust: await authority.issue('a machine'),
  });
  stopping.push(() => agent.stop());
  return { agent, path, replicaId };
}

async function replicaOf(replicaId: string): Promise<Buffer> {
  const { data } = await service.ports.disks.open(replicaId).read({ offsetBytes: 0, lengthBytes: sizeBytes });
  return Buffer.from(data);
}

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log') || /\/\d{11}/.test(name))
    .map((name) => join(path, name));
}

/** Grants cannot be had: what a process server takes in stays with it. */
function holdUp(isHeldUp: boolean): void {
  service.isUnreachable = (path) => isHeldUp && path.endsWith('/grants');
}

it('B3: sends on what it is sent, less of it than was written, and nothing of it readable on the wire or on its disk', async () => {
  const canary = 'the words that nobody else may read. ';
  const { server, spoolFolder } = await startServer('server');
  const tap = await TappedPort.open(server.address.port);
  stopping.push(() => tap.close());
  holdUp(true);
  service.sendThrough({ host: '127.0.0.1', port: tap.port });
  const { replicaId, path } = await startMachine(Buffer.alloc(sizeBytes, canary));
  const spooled = await eventually(async () => {
    const files = server.spooledBytes > 0 ? filesIn(spoolFolder) : [];
    return files.length > 0 && files;
  });
  for (const file of spooled) expect(readFileSync(file).includes(canary.slice(0, 12))).toBe(false);
  holdUp(false);
  await eventually(async () => (await replicaOf(replicaId)).equals(readFileSync(path)));
  await eventually(async () => server.spooledBytes === 0);
  expect(tap.bytes.length).toBeGreaterThan(0);
  expect(tap.bytes.length).toBeLessThan(sizeBytes / 2);
  expect(tap.bytes.includes(canary.slice(0, 12))).toBe(false);
});

it('B4: loses nothing when a machine moves to another server under load and the first is lost with all that waited in it', async () => {
  const [first, second] = [await startServer('first'), await startServer('second')];
  service.sendThrough(first.server.address);
  const { agent, path, replicaId } = await startMachine(randomBytes(sizeBytes));
  await eventually(async () => (await replicaOf(replicaId)).equals(readFileSync(path)));
  const guest = await NbdClient.connect(agent.nbd, 'disk0');
  const writeSome = async (): Promise<void> => {
    for (let index = 0; index < 30; index += 1) await guest.write(index * 65_536, randomBytes(4096));
  };
  holdUp(true);
  await writeSome();
  await eventually(async () => first.server.spooledBytes > 0);
  const writing = writeSome();
  service.sendThrough(second.server.address);
  await writing;
  await first.agent.stop();
  rmSync(first.spoolFolder, { recursive: true });
  holdUp(false);
  await writeSome();
  service.cutMarkers([replicaId], 200);
  await eventually(async () => (await replicaOf(replicaId)).equals(readFileSync(path)));
  const point = await eventually(async () => (await service.replicas.points(replicaId))[0]);
  expect(point.state).toBe('listed');
  guest.close();
});

it('goes on after its death with what waits on its disk', async () => {
  const first = await startServer('server');
  service.sendThrough(first.server.address);
  holdUp(true);
  const { path, replicaId } = await startMachine(randomBytes(sizeBytes));
  await eventually(async () => first.server.spooledBytes > sizeBytes);
  await first.agent.stop();
  holdUp(false);
  const second = await startServer('server');
  service.sendThrough(second.server.address);
  await eventually(async () => second.server.spooledBytes === 0);
  await eventually(async () => (await replicaOf(replicaId)).equals(readFileSync(path)));
  expect((await service.ports.disks.open(replicaId).state()).number).toBeGreaterThan(0);
});

it('refuses more than it has room for, and takes it later', async () => {
  const server = await ProcessServer.open({
    ...{ folder: join(folder, 'small'), spoolKey: Buffer.alloc(32), clock: systemClock, log: quiet },
    ...{ listen: { host: '127.0.0.1', port: 0 }, trust: await authority.issue('a server'), quotaBytes: 100 },
  });
  const name = { replicaId: '11111111-2222-4333-8444-555555555555', epoch: 1, sequence: 1, attempt: 0 };
  expect(await server.take(name, randomBytes(200))).toBe('kept');
  expect(await server.take({ ...name, sequence: 2 }, randomBytes(200))).toBe('full');
  await server.close();
});
