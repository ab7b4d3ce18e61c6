import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, startAgent } from '../../../agent/start-agent';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { NbdClient } from '../../support/nbd-client';
import { ReferenceService } from '../../support/reference-service';
import { eventually } from '../../support/eventually';

const diskSizeBytes = 4 * 1024 * 1024;
const machineId = 'machine-1';

let folder: string;
let service: ReferenceService;
let agent: Agent | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-agent-'));
  service = await ReferenceService.start();
});

afterEach(async () => {
  await agent?.stop();
  agent = undefined;
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function makeDisk(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([randomBytes(diskSizeBytes / 2), Buffer.alloc(diskSizeBytes / 2)]));
  return path;
}

async function start(paths: readonly string[]): Promise<Agent> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  agent = await startAgent({
    url: service.url,
    stateFolder: join(folder, 'state'),
    token: 'a-registration-token-of-a-test',
    machine: {
      machineId,
      name: 'machine',
      osType: 'Linux',
      powerState: 'running',
      generation: '1',
      nics: [],
    },
    disks: paths.map((path, index) => ({
      path,
      diskId: `disk${index}`,
      exportName: `disk${index}`,
      isBootDisk: index === 0,
    })),
    listen: { port: 0 },
    clock: systemClock,
    ids: systemIds,
    log: silent,
    sealIntervalInMs: 20,
  });
  return agent;
}

const client = (started: Agent, index: number): Promise<NbdClient> =>
  NbdClient.connect(started.nbd, `disk${index}`);

/** The newest whole point of a replica that was cut after this moment. */
async function pointAfter(replicaId: string, timeInMs: number) {
  return eventually(async () => {
    const points = await service.replicas.points(replicaId);
    return points.find((point) => point.state === 'listed' && point.cutTimeInMs >= timeInMs);
  });
}

async function contentAt(pointId: string, replicaId: string): Promise<Buffer> {
  const toReplicaId = randomUUID();
  await service.replicas.materialise({
    moment: { kind: 'point', pointId },
    replicaId,
    toReplicaId,
    job: 'test',
  });
  return Buffer.from(
    (await service.ports.disks.open(toReplicaId).read({ offsetBytes: 0, lengthBytes: diskSizeBytes })).data,
  );
}

describe('the agent', () => {
  it('copies a disk, follows its writes, and every point is the disk at its marker', async () => {
    const path = makeDisk('disk');
    const started = await start([path]);
    const replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 100_000);
    const first = await pointAfter(replicaId, 0);
    expect((await contentAt(first.pointId, replicaId)).equals(readFileSync(path))).toBe(true);

    const guest = await client(started, 0);
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          guest.write(
            ((index * 7919 + round) % 8000) * 512,
            randomBytes(512 + 512 * (index % 9)).subarray(0, 512),
          ),
        ),
      );
      const before = Date.now();
      service.cutNow();
      const point = await pointAfter(replicaId, before);
      expect((await contentAt(point.pointId, replicaId)).equals(readFileSync(path))).toBe(true);
    }
    guest.close();
    const byTime = (await service.replicas.points(replicaId)).toSorted(
      (left, right) => left.timeInMs - right.timeInMs,
    );
    const names = byTime.map(({ pointId }) => pointId);
    expect(names).toEqual(names.toSorted());
  });

  it('cuts all disks of a machine at one moment', async () => {
    const started = await start([makeDisk('one'), makeDisk('two')]);
    const replicaIds = [
      await service.protect(machineId, 'disk0', diskSizeBytes),
      await service.protect(machineId, 'disk1', diskSizeBytes),
    ] as const;
    service.cutMarkers(replicaIds, 50);
    const guests = [await client(started, 0), await client(started, 1)] as const;
    await pointAfter(replicaIds[0], 0);
    // One counter is written to the first disk, then to the second: no point may hold a count the first has not got.
    const hasPoints = async (): Promise<boolean> => (await service.replicas.points(replicaIds[0])).length > 4;
    for (let count = 1; count <= 200 || !(await hasPoints()); count++) {
      const sector = Buffer.alloc(512);
      sector.writeUInt32LE(count);
      await guests[0].write(0, sector);
      await guests[1].write(0, sector);
    }
    await pointAfter(replicaIds[0], Date.now());
    const points = await service.replicas.points(replicaIds[0]);
    expect(points.length).toBeGreaterThan(2);
    for (const { pointId } of points.filter((point) => point.state === 'listed')) {
      const counts = [];
      for (const replicaId of replicaIds) counts.push((await contentAt(pointId, replicaId)).readUInt32LE(0));
      const [first = 0, second = 0] = counts;
      const isBeforeAny = second > 1_000_000 || first > 1_000_000;
      expect(isBeforeAny || (first >= second && first - second <= 1)).toBe(true);
    }
    for (const guest of guests) guest.close();
  });

  it('goes on after a stop in the same epoch, without copying the disk again', async () => {
    const path = makeDisk('disk');
    const first = await start([path]);
    const replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 100_000);
    await pointAfter(replicaId, 0);
    await first.stop();
    const uploaded = service.uploads.reduce((sum, { byteLength }) => sum + byteLength, 0);

    const second = await start([path]);
    const guest = await client(second, 0);
    await guest.write(4096, Buffer.alloc(4096, 7));
    const now = Date.now();
    service.cutNow();
    const point = await pointAfter(replicaId, now);
    expect(point.position?.epoch).toBe(1);
    expect((await contentAt(point.pointId, replicaId)).equals(readFileSync(path))).toBe(true);
    const uploadedAfter = service.uploads.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(uploadedAfter - uploaded).toBeLessThan(diskSizeBytes / 8);
    guest.close();
  });

  it('sends nothing again after a stop that the cache holds, applied or not, but what it sent last', async () => {
    const path = makeDisk('disk');
    const first = await start([path]);
    const replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 100_000);
    await pointAfter(replicaId, 0);
    // Nobody looks at what arrives.
    service.isUnreachable = (each) => each.endsWith('/doorbell');
    const writeAndSend = async (disk: Agent['disks'][number] | undefined, guest: NbdClient) => {
      const before = disk?.uploaded ?? 0;
      await guest.write(4096, randomBytes(4096));
      return eventually(() => {
        const uploaded = disk?.uploaded ?? 0;
        return Promise.resolve(uploaded > before && uploaded === disk?.spool.head?.sequence && uploaded);
      });
    };
    const guest = await client(first, 0);
    let last = 0;
    for (let round = 0; round < 4; round += 1) last = await writeAndSend(first.disks[0], guest);
    guest.close();
    await first.stop();
    const seen = service.requests.length;
    const second = await start([path]);
    const next = await client(second, 0);
    await writeAndSend(second.disks[0], next);
    const sent = service.requests.slice(seen).flatMap((each) => /^PUT .*\/0*(\d+)\?/.exec(each)?.[1] ?? []);
    expect(Math.min(...sent.map(Number))).toBe(last);
    // What the agent believes to be there may have been lost: it is asked for.
    await service.cache.remove({ replicaId, epoch: 1, sequence: last - 1, attempt: 0 });
    service.isUnreachable = () => false;
    const now = Date.now();
    service.cutNow();
    const point = await pointAfter(replicaId, now);
    expect(point.position?.epoch).toBe(1);
    expect((await contentAt(point.pointId, replicaId)).equals(readFileSync(path))).toBe(true);
    next.close();
  });

  it('sends only what differs when it resyncs', async () => {
    const path = makeDisk('disk');
    const started = await start([path]);
    const replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 100_000);
    await pointAfter(replicaId, 0);
    const guest = await client(started, 0);
    await guest.write(0, Buffer.alloc(4096, 1));
    const before = service.uploads.length;
    const now = Date.now();
    await service.want(replicaId, machineId, 'disk0', 'resync');
    const point = await pointAfter(replicaId, now);
    expect(point.position?.epoch).toBe(2);
    expect((await contentAt(point.pointId, replicaId)).equals(readFileSync(path))).toBe(true);
    const sent = service.uploads.slice(before).reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(sent).toBeLessThan(3 * 65536);
    guest.close();
  });

  it('lets no guest write once the machine runs elsewhere, and forgets a stream that is stopped', async () => {
    const started = await start([makeDisk('disk')]);
    const replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 100_000);
    await pointAfter(replicaId, 0);
    service.stopReplica(replicaId, 'readOnly');
    await eventually(() => Promise.resolve(started.disks[0]?.capture.isReadOnly));
    const guest = await client(started, 0);
    await expect(guest.write(0, Buffer.alloc(512))).rejects.toMatchObject({ error: 1 });
    service.stopReplica(replicaId, 'stop');
    await eventually(() => Promise.resolve(started.disks[0]?.capture.isReadOnly === false));
    await guest.write(0, Buffer.alloc(512));
    expect(started.disks[0]?.spool.head).toBeUndefined();
    guest.close();
  });

  it('does what it is asked, once, and says how it ended', async () => {
    await start([makeDisk('disk')]);
    const replicaId = await service.protect(machineId, 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 100_000);
    await pointAfter(replicaId, 0);
    service.ask({ taskId: 'one', kind: 'sealRemaining', parameters: {} });
    service.ask({ taskId: 'two', kind: 'shutDownMachine', parameters: {} });
    await eventually(() => Promise.resolve(service.taskResults.length === 2));
    expect(service.taskResults).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ taskId: 'one', outcome: 'succeeded' }),
        expect.objectContaining({ taskId: 'two', outcome: 'failed' }),
      ]),
    );
  });
});
