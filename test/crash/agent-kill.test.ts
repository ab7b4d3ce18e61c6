import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RecoveryPointRecord } from '../../shared/contracts/replication/recovery-point-record';
import { beginPruning, removePoint } from '../../shared/service/points/remove-point';
import { AgentProcess } from '../support/agent-process';
import { eventually } from '../support/eventually';
import type { NbdClient } from '../support/nbd-client';
import { ReferenceService } from '../support/reference-service';
import { SeededChance } from '../support/seeded-chance';

const kills = process.env['LIFEBOAT_LONG'] === undefined ? 6 : 200;
const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
const sectors = 512;
const diskSizeBytes = 8 * 1024 * 1024;
const machineId = 'machine';

/**
 * One guest that writes its count round and round the first sectors, one write after the other. Whatever moment the
 * disk is looked at, it must hold exactly the first so many writes.
 */
class CountingGuest {
  count = 0;
  #isStopped = false;

  constructor(private readonly connect: () => Promise<NbdClient>) {}

  async run(): Promise<void> {
    let client = await this.connect();
    while (!this.#isStopped) {
      const sector = Buffer.alloc(512);
      sector.writeUInt32LE(this.count + 1);
      try {
        await client.write(((this.count + 1) % sectors) * 512, sector);
        this.count++;
      } catch {
        client = await this.connect();
      }
    }
    client.close();
  }

  stop(): void {
    this.#isStopped = true;
  }
}

/** Undefined if the sectors hold exactly the first so many writes, else what is wrong. */
function wrong(content: Buffer): string | undefined {
  const held = Array.from({ length: sectors }, (_, index) => content.readUInt32LE(index * 512));
  const count = Math.max(...held);
  const expected = held.map((_, index) =>
    Math.max(0, count - ((((count - index) % sectors) + sectors) % sectors)),
  );
  const first = held.findIndex((value, index) => value !== expected[index]);
  return first < 0
    ? undefined
    : `after ${count} writes sector ${first} holds ${held[first]}, not ${expected[first]}`;
}

/** The points of one replica: each is looked at once, and then removed, since so many would not fit in memory. */
class CheckedPoints {
  checked = 0;

  constructor(
    private readonly service: ReferenceService,
    private readonly replicaId: string,
  ) {}

  async listed(): Promise<readonly RecoveryPointRecord[]> {
    const points = await this.service.replicas.points(this.replicaId);
    return points.filter(({ state }) => state === 'listed');
  }

  /** Resolves with the newest point once there is one that was cut after this. */
  newerThan(timeInMs: number): Promise<RecoveryPointRecord> {
    return eventually(
      async () => (await this.listed()).find(({ cutTimeInMs }) => cutTimeInMs > timeInMs),
      60_000,
    );
  }

  async contentAt({ pointId }: RecoveryPointRecord): Promise<Buffer> {
    const { replicas, ports } = this.service;
    const toReplicaId = randomUUID();
    const moment = { kind: 'point', pointId } as const;
    await replicas.materialise({ moment, replicaId: this.replicaId, toReplicaId, job: 'test' });
    const all = { offsetBytes: 0, lengthBytes: diskSizeBytes };
    const { data } = await ports.disks.open(toReplicaId).read(all);
    await ports.disks.remove(toReplicaId);
    return Buffer.from(data);
  }

  async check(): Promise<void> {
    for (const point of await this.listed()) {
      expect(wrong(await this.contentAt(point))).toBeUndefined();
      this.checked += 1;
      if (await beginPruning(this.service.ports, point.pointId))
        await removePoint(this.service.ports, point.pointId);
    }
  }
}

describe('an agent that is killed again and again', () => {
  const chance = new SeededChance(seed);
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-kill-'));
  const path = join(folder, 'disk');
  let service: ReferenceService;
  let agent: AgentProcess;
  let guest: CountingGuest;

  beforeAll(async () => {
    const content = [Buffer.alloc(sectors * 512), randomBytes(diskSizeBytes - sectors * 512)];
    writeFileSync(path, Buffer.concat(content));
    service = await ReferenceService.start();
    const token = 'a-registration-token-of-a-test';
    agent = new AgentProcess({ url: service.url, folder, disks: [`${path}:disk`], machineId, token });
    guest = new CountingGuest(() => agent.connect('disk'));
  });
  afterAll(async () => {
    guest.stop();
    await agent.kill();
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Kills it at some moment, once its guest has written. True if this life was to lead to a point, however long that took. */
  async function live(points: CheckedPoints): Promise<boolean> {
    const before = guest.count;
    await eventually(() => Promise.resolve(guest.count > before + 20), 60_000);
    const isAwaited = chance.next() < 0.5;
    if (isAwaited) await points.newerThan((await points.listed())[0]?.cutTimeInMs ?? 0);
    await points.check();
    await pause(Math.floor(chance.next() * 200));
    await agent.kill();
    agent.start();
    return isAwaited;
  }

  async function expectExactPoints(): Promise<void> {
    agent.start();
    const replicaId = await service.protect(machineId, 'disk', diskSizeBytes);
    service.cutMarkers([replicaId], 200);
    const points = new CheckedPoints(service, replicaId);
    await points.newerThan(0);
    const running = guest.run();
    let awaited = 0;
    for (let kill = 0; kill < kills; kill++) if (await live(points)) awaited += 1;
    guest.stop();
    await running;
    const last = await points.newerThan(Date.now());
    expect((await points.contentAt(last)).equals(readFileSync(path))).toBe(true);
    expect(last.position?.epoch).toBe(1);
    await points.check();
    // The first, one of each life that was waited for, and the last.
    expect(points.checked).toBeGreaterThanOrEqual(awaited + 2);
    const sentBytes = service.uploads.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    // How much the guest wrote and how many logs that made is as long as the lives were.
    const ownBytes = guest.count * 1024 + service.uploads.length * 4096;
    expect(sentBytes).toBeLessThan(2 * diskSizeBytes + kills * 512 * 1024 + ownBytes);
  }

  it(
    `keeps every point exact and never copies the disk again (${kills} kills, CRASH_SEED=${seed})`,
    async () => {
      await expectExactPoints().catch((error: unknown) => {
        throw new Error(`the agent said:\n${agent.lines.slice(-20).join('\n')}`, { cause: error });
      });
    },
    kills * 60_000,
  );
});
