import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Agent } from '../../../agent/start-agent';
import { eventually } from '../../support/eventually';
import { NbdClient } from '../../support/nbd-client';
import { SeededChance } from '../../support/seeded-chance';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';
import { freePort } from '../../support/free-port';

const seed = Number(process.env['GROUP_SEED'] ?? randomInt(2 ** 31));
const machineCount = 8;
const enoughPoints = 15;
const diskSizeBytes = 1024 * 1024;

let folder: string;
let service: ReferenceService;
let agents: Agent[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-group-'));
  service = await ReferenceService.start();
  agents = [];
});

afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startMachine(index: number): Promise<Agent> {
  const path = join(folder, `disk-${index}`);
  if (!existsSync(path)) writeFileSync(path, Buffer.alloc(diskSizeBytes));
  return startTestAgent({ url: service.url, folder, machineId: `machine-${index}`, paths: [path] });
}

/** One agent for each machine; the first coordinates. Their disks' replicas, in the same order. */
async function startGroup(count: number): Promise<string[]> {
  const replicaIds: string[] = [];
  for (let index = 0; index < count; index++) {
    agents.push(await startMachine(index));
    replicaIds.push(await service.protect(`machine-${index}`, 'disk0', diskSizeBytes));
  }
  service.group = {
    groupId: randomUUID(),
    coordinator: '127.0.0.1',
    port: await freePort(),
    members: service.members,
  };
  return replicaIds;
}

/** A network between members and coordinator on which every message takes its own time, but none overtakes another. */
async function startSlowNetwork(toPort: number): Promise<Server> {
  const chance = new SeededChance(seed);
  const carry = (from: Socket, to: Socket): void => {
    let last = Promise.resolve();
    from.on('data', (chunk) => {
      const delayInMs = chance.next() * 20;
      last = last.then(() => pause(delayInMs)).then(() => void to.write(chunk));
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((member) => {
    const coordinator = connect(toPort, '127.0.0.1');
    carry(member, coordinator);
    carry(coordinator, member);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function listedPoints(replicaId: string) {
  return (await service.replicas.points(replicaId)).filter((point) => point.state === 'listed');
}

function pointAfter(replicaId: string, timeInMs: number) {
  return eventually(
    async () => (await listedPoints(replicaId)).find((point) => point.cutTimeInMs >= timeInMs),
    60_000,
  );
}

async function countAt(pointId: string, replicaId: string): Promise<number> {
  const toReplicaId = randomUUID();
  await service.replicas.materialise({
    moment: { kind: 'point', pointId },
    ...{ replicaId, toReplicaId, job: 'test' },
  });
  const { data } = await service.ports.disks.open(toReplicaId).read({ offsetBytes: 0, lengthBytes: 512 });
  await service.ports.disks.remove(toReplicaId);
  return Buffer.from(data).readUInt32LE(0);
}

function sectorOf(count: number): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt32LE(count);
  return sector;
}

describe('a group of machines', () => {
  it('never has a point that shows an effect without its cause', async () => {
    const replicaIds = await startGroup(machineCount);
    const [first = ''] = replicaIds;
    const network = await startSlowNetwork(service.group?.port ?? 0);
    service.memberPort = (network.address() as AddressInfo).port;
    service.cutMarkers(replicaIds, 30);
    await pointAfter(first, 0);
    const guests = await Promise.all(agents.map((agent) => NbdClient.connect(agent.nbd, 'disk0')));
    // Each machine writes the count only after the machine before it has: no point may hold it out of this order.
    let last = 0;
    const known = (await listedPoints(first)).length;
    while ((await listedPoints(first)).length < known + enoughPoints) {
      for (const until = last + 20; last < until; last++)
        for (const guest of guests) await guest.write(0, sectorOf(last + 1));
    }
    await pointAfter(first, Date.now() + 1);

    const points = await listedPoints(first);
    const seen = new Set<number>();
    for (const { pointId } of points) {
      const counts: number[] = [];
      for (const replicaId of replicaIds) counts.push(await countAt(pointId, replicaId));
      const [highest = 0] = counts;
      expect(counts).toEqual(counts.toSorted((left, right) => right - left));
      expect(highest - (counts.at(-1) ?? 0)).toBeLessThanOrEqual(1);
      seen.add(counts.reduce((sum, count) => sum + count, 0));
    }
    // Points at rest prove nothing: some must have been cut in the middle of the work.
    expect(seen.size).toBeGreaterThan(3);
    expect(seen).toContain(machineCount * last);
    for (const guest of guests) guest.close();
    network.close();
  });

  it('cuts nothing while a member is away, holds nobody for it, and goes on when it is back', async () => {
    const replicaIds = await startGroup(3);
    const [first = '', , last = ''] = replicaIds;
    service.cutMarkers(replicaIds, 50);
    await pointAfter(first, 0);
    await agents[2]?.stop();
    const stoppedAt = Date.now();
    const guest = await NbdClient.connect(agents[0]?.nbd ?? { path: '' }, 'disk0');
    for (let count = 1; count <= 50; count++) await guest.write(0, sectorOf(count));
    guest.close();
    expect((await listedPoints(first)).some((point) => point.cutTimeInMs > stoppedAt + 1000)).toBe(false);

    agents[2] = await startMachine(2);
    const point = await pointAfter(first, stoppedAt + 1000);
    expect(await countAt(point.pointId, first)).toBe(50);
    expect(await countAt(point.pointId, last)).toBe(0);
  });

  it('seals what remains under one marker of all, whichever member is asked', async () => {
    const replicaIds = await startGroup(2);
    const [first = '', second = ''] = replicaIds;
    service.cutMarkers(replicaIds, 1_000_000);
    await pointAfter(first, 0);
    const guest = await NbdClient.connect(agents[1]?.nbd ?? { path: '' }, 'disk0');
    await guest.write(0, sectorOf(7));
    guest.close();
    const askedAt = Date.now();
    service.ask({ taskId: 'seal', kind: 'sealRemaining', parameters: {} });
    const point = await pointAfter(second, askedAt);
    expect(await countAt(point.pointId, second)).toBe(7);
    await eventually(() => Promise.resolve(service.taskResults.length > 0));
    expect(service.taskResults[0]).toMatchObject({ outcome: 'succeeded' });
  });
});
