import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../../../../agent/start-agent';
import { eventually } from '../../../support/eventually';
import { NbdClient } from '../../../support/nbd-client';
import { ReferenceService } from '../../../support/reference-service';
import { startTestAgent } from '../../../support/test-agent';

const blockBytes = 64 * 1024;
const diskSizeBytes = 8 * 1024 * 1024 + 3 * 512;
const machineId = 'machine';

let folder: string;
let path: string;
let service: ReferenceService;
let agent: Agent;
let replicaId: string;
let atPoint: Buffer;
let pointId: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-open-'));
  path = join(folder, 'disk');
  service = await ReferenceService.start();
  writeFileSync(path, Buffer.concat([randomBytes(diskSizeBytes / 2), Buffer.alloc(diskSizeBytes / 2)]));
  agent = await startTestAgent({ url: service.url, folder, machineId, paths: [path] });
  replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
  service.cutMarkers([replicaId], 1_000_000);
  const points = await eventually(async () => {
    const listed = (await service.replicas.points(replicaId)).filter(({ state }) => state === 'listed');
    return listed.length > 0 ? listed : undefined;
  });
  pointId = points[0]?.pointId ?? '';
  atPoint = readFileSync(path);
});

afterEach(async () => {
  await agent.stop();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function write(offsetBytes: number, bytes: Buffer): Promise<void> {
  const guest = await NbdClient.connect(agent.nbd, 'disk0');
  await guest.write(offsetBytes, bytes).finally(() => guest.close());
}

/** The old source is fenced, then freed, as the way back does it. */
async function free(): Promise<void> {
  service.stopReplica(replicaId, 'stop');
  await eventually(() => Promise.resolve(agent.disks[0]?.wish === undefined));
}

async function ask(diskId = 'disk0', change: object = {}): Promise<(typeof service.taskResults)[number]> {
  const disk = { ...(await service.opened(replicaId, pointId, 'disk0')), diskId, ...change };
  const count = service.taskResults.length;
  service.ask({
    ...{ taskId: `open-${count}`, kind: 'openRecoveryPoint' },
    parameters: { machineId, disks: [disk] },
  });
  return eventually(() => Promise.resolve(service.taskResults[count]), 60_000);
}

const ranges = (): number => service.requests.filter((request) => request.includes('/content/')).length;

jest.setTimeout(60_000);

describe('a disk that is to be what its replica was at a point', () => {
  it('is, and only the blocks that differ were fetched', async () => {
    await write(0, randomBytes(4096));
    await write(20 * blockBytes, randomBytes(3 * blockBytes));
    // What the replica holds as zeros is not fetched.
    await write(diskSizeBytes - 4096, randomBytes(4096));
    await free();
    expect(await ask()).toMatchObject({
      outcome: 'succeeded',
      output: { disks: [{ diskId: 'disk0', receivedBytes: 4 * blockBytes, comparedBytes: diskSizeBytes }] },
    });
    expect(readFileSync(path).equals(atPoint)).toBe(true);
    expect(ranges()).toBe(2);
    expect(await ask()).toMatchObject({ output: { disks: [{ differingBytes: 0, receivedBytes: 0 }] } });
    expect(ranges()).toBe(2);
  });

  it('is replicated again afterwards by what differs', async () => {
    await write(0, randomBytes(4096));
    await free();
    await ask();
    await write(blockBytes, Buffer.alloc(4096, 1));
    const before = service.uploads.length;
    await service.want(replicaId, machineId, 'disk0', 'resync');
    await eventually(() => Promise.resolve(agent.disks[0]?.report()?.state === 'replicating'));
    const sent = service.uploads.slice(before).reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(sent).toBeLessThan(3 * blockBytes);
  });

  it('lets no guest write meanwhile, and lets guests write again afterwards', async () => {
    await write(0, randomBytes(4096));
    await free();
    let asked = 0;
    let outcome: unknown;
    service.nonsense = (request) => {
      if (!request.startsWith('/content/') || outcome !== undefined) return undefined;
      asked += 1;
      if (asked === 1)
        void write(0, Buffer.alloc(512)).then(
          () => (outcome = 'written'),
          (error: unknown) => (outcome = error),
        );
      return { status: 503 };
    };
    await ask();
    expect(outcome).toMatchObject({ error: 1 });
    expect(readFileSync(path).equals(atPoint)).toBe(true);
    await write(0, Buffer.alloc(512, 9));
    expect(readFileSync(path)[0]).toBe(9);
  });

  it('is not written while it is replicated', async () => {
    await write(0, randomBytes(4096));
    const before = readFileSync(path);
    expect(await ask()).toMatchObject({ outcome: 'failed', message: 'disk disk0 is being replicated' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('gets nothing that its digest does not vouch for', async () => {
    await write(0, randomBytes(4096));
    await free();
    const before = readFileSync(path);
    service.nonsense = (asked) =>
      asked.startsWith('/content/') ? { status: 206, body: randomBytes(blockBytes) } : undefined;
    expect((await ask()).message).toMatch('does not hold what its digest says at byte 0');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is refused with what is wrong where it is another, or too small', async () => {
    await free();
    expect((await ask('disk7')).message).toBe('this agent has no disk disk7 of the machine machine');
    const sizeBytes = diskSizeBytes + 512;
    expect((await ask('disk0', { sizeBytes })).message).toMatch(/has 8390144 bytes, its replica 8390656/);
    expect((await ask('disk0', { url: 'nowhere' })).outcome).toBe('failed');
  });

  it('is brought over to its end by an agent that was started again', async () => {
    await write(0, randomBytes(4096));
    await free();
    service.nonsense = (asked) => (asked.startsWith('/content/') ? { status: 503 } : undefined);
    const result = ask();
    await eventually(() => Promise.resolve(ranges() > 0));
    await agent.stop();
    expect(service.taskResults).toEqual([]);
    service.nonsense = () => undefined;
    agent = await startTestAgent({ url: service.url, folder, machineId, paths: [path] });
    expect(await result).toMatchObject({ outcome: 'succeeded' });
    expect(readFileSync(path).equals(atPoint)).toBe(true);
  });

  it('that has shrunk is not half written', async () => {
    await free();
    truncateSync(path, 4096);
    expect(await ask()).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^the disk ended at byte/),
    });
  });
});
