import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../../../agent/start-agent';
import { systemClock } from '../../../shared/system/system-clock';
import { eventually } from '../../support/eventually';
import { NbdClient } from '../../support/nbd-client';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent, type TestAgentOptions } from '../../support/test-agent';

const diskSizeBytes = 2 * 1024 * 1024;
const writeBytes = 32 * 1024;

let folder: string;
let service: ReferenceService;
let agent: Agent;
let guest: NbdClient;
let replicaId: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-trouble-'));
  service = await ReferenceService.start();
});

afterEach(async () => {
  guest.close();
  await agent.stop();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const diskPath = (): string => join(folder, 'disk');

/** An agent with one disk that is replicated, and a guest on it. */
async function replicate(options: Partial<TestAgentOptions> = {}): Promise<void> {
  writeFileSync(diskPath(), randomBytes(diskSizeBytes));
  agent = await startTestAgent({
    ...{ url: service.url, folder, machineId: 'machine', paths: [diskPath()] },
    ...options,
  });
  replicaId = await service.protect('machine', 'disk0', diskSizeBytes);
  service.cutMarkers([replicaId], 1_000_000);
  await eventually(async () => (await listedPoints()).length > 0, 60_000);
  guest = await NbdClient.connect(agent.nbd, 'disk0');
}

async function listedPoints() {
  return (await service.replicas.points(replicaId)).filter((point) => point.state === 'listed');
}

async function writeAll(): Promise<void> {
  for (let offset = 0; offset < diskSizeBytes; offset += writeBytes)
    await guest.write(offset, randomBytes(writeBytes));
}

/** Waits for a new point; it must be the disk as it is, in the epoch that was begun first. */
async function expectCaughtUp(): Promise<void> {
  const known = new Set((await listedPoints()).map(({ pointId }) => pointId));
  service.cutNow();
  const { pointId, position } = await eventually(
    async () => (await listedPoints()).find((point) => !known.has(point.pointId)),
    60_000,
  );
  const toReplicaId = randomUUID();
  await service.replicas.materialise({
    moment: { kind: 'point', pointId },
    ...{ replicaId, toReplicaId, job: 'test' },
  });
  const range = { offsetBytes: 0, lengthBytes: diskSizeBytes };
  const { data } = await service.ports.disks.open(toReplicaId).read(range);
  expect(Buffer.from(data).equals(readFileSync(diskPath()))).toBe(true);
  expect(position?.epoch).toBe(1);
}

const stateOf = (): string | undefined => agent.disks[0]?.report()?.state;

describe('in trouble, the guest sees no error and nothing is lost:', () => {
  it('a spool without room falls back to its bitmap, and catches up in the same epoch', async () => {
    await replicate({ spoolQuotaBytes: diskSizeBytes / 4 });
    await eventually(() => Promise.resolve(stateOf() === 'replicating'));
    service.isUnreachable = (path) => path.startsWith('/cache');
    await writeAll();
    await eventually(() => Promise.resolve(stateOf() === 'bitmapOnly'));
    await writeAll();
    service.isUnreachable = () => false;
    await expectCaughtUp();
  });

  it('a spool that is gone for a while', async () => {
    await replicate();
    const spool = join(folder, 'state-machine', 'disks', Buffer.from('disk0').toString('base64url'), 'spool');
    renameSync(spool, `${spool}-away`);
    await writeAll();
    await eventually(() => Promise.resolve((agent.disks[0]?.pending.count ?? 0) > 0));
    await writeAll();
    renameSync(`${spool}-away`, spool);
    await expectCaughtUp();
  });

  it('a service that answers nonsense', async () => {
    await replicate();
    const answers = [Buffer.from('<html>'), { wrong: true }, { replicas: 'none' }, [], Buffer.alloc(0)];
    let count = 0;
    service.nonsense = (path) => {
      const body = answers[count++ % answers.length] ?? {};
      return path.startsWith('/cache') ? { status: 418, body } : { status: 200, body };
    };
    service.cutNow();
    await writeAll();
    await eventually(() => Promise.resolve(count > 4));
    service.nonsense = () => undefined;
    await expectCaughtUp();
  });

  it('a clock that jumps back and forth by hours', async () => {
    let offsetInMs = 0;
    const clock = { now: () => Date.now() + offsetInMs, sleep: systemClock.sleep.bind(systemClock) };
    await replicate({ clock });
    for (const hours of [-5, 3, -1]) {
      offsetInMs = hours * 3_600_000;
      await writeAll();
      await expectCaughtUp();
    }
    service.cutMarkers([replicaId], 500);
    await eventually(async () => (await listedPoints()).length > 6);
    offsetInMs = -50 * 3_600_000;
    const { length } = await listedPoints();
    await eventually(async () => (await listedPoints()).length > length + 1);
  });
});

describe('a disk that has shrunk', () => {
  it('gives the guest the error that the disk gave, and takes no other disk with it', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, randomBytes(diskSizeBytes));
    await replicate({ paths: [other, diskPath()] });
    truncateSync(diskPath(), 4096);
    const shrunk = await NbdClient.connect(agent.nbd, 'disk1');
    await expect(shrunk.read(diskSizeBytes - 4096, 4096)).rejects.toMatchObject({ error: 5 });
    expect((await shrunk.read(0, 4096)).byteLength).toBe(4096);
    shrunk.close();
    await writeAll();
    const replica = readFileSync(other);
    writeFileSync(diskPath(), replica);
    await expectCaughtUp();
  });
});
