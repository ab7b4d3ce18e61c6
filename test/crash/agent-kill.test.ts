import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
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

describe('an agent that is killed again and again', () => {
  it(
    `keeps every point exact and never copies the disk again (${kills} kills, CRASH_SEED=${seed})`,
    async () => {
      const chance = new SeededChance(seed);
      const folder = mkdtempSync(join(tmpdir(), 'lifeboat-kill-'));
      const service = await ReferenceService.start();
      const path = join(folder, 'disk');
      writeFileSync(
        path,
        Buffer.concat([Buffer.alloc(sectors * 512), randomBytes(diskSizeBytes - sectors * 512)]),
      );
      const token = 'a-registration-token-of-a-test';
      const agent = new AgentProcess({ url: service.url, folder, disks: [`${path}:disk`], machineId, token });
      const guest = new CountingGuest(() => agent.connect('disk'));
      try {
        agent.start();
        const replicaId = await service.protect(machineId, 'disk', diskSizeBytes);
        service.cutMarkers([replicaId], 200);
        await eventually(async () => (await service.replicas.points(replicaId, 1)).length > 0, 60_000);
        const running = guest.run();
        const listed = async () =>
          (await service.replicas.points(replicaId)).filter(({ state }) => state === 'listed');
        let awaited = 0;
        for (let kill = 0; kill < kills; kill++) {
          const before = guest.count;
          await eventually(() => Promise.resolve(guest.count > before + 20), 60_000);
          // Every other life, or so, lasts until it has led to a point, however long that takes.
          if (chance.next() < 0.5) {
            const known = (await listed()).length;
            await eventually(async () => (await listed()).length > known, 60_000);
            awaited += 1;
          }
          await pause(Math.floor(chance.next() * 200));
          await agent.kill();
          agent.start();
        }
        guest.stop();
        await running;
        const now = Date.now();
        const last = await eventually(async () => {
          return (await listed()).find(({ cutTimeInMs }) => cutTimeInMs > now);
        }, 60_000);
        const contentAt = async (pointId: string): Promise<Buffer> => {
          const toReplicaId = randomUUID();
          await service.replicas.materialise({
            moment: { kind: 'point', pointId },
            replicaId,
            toReplicaId,
            job: 'test',
          });
          const { data } = await service.ports.disks
            .open(toReplicaId)
            .read({ offsetBytes: 0, lengthBytes: diskSizeBytes });
          await service.ports.disks.remove(toReplicaId);
          return Buffer.from(data);
        };
        expect((await contentAt(last.pointId)).equals(readFileSync(path))).toBe(true);
        expect(last.position?.epoch).toBe(1);
        const points = await listed();
        for (const { pointId } of points) expect(wrong(await contentAt(pointId))).toBeUndefined();
        // The first, one of each life that was waited for, and the last.
        expect(points.length).toBeGreaterThanOrEqual(awaited + 2);
        const sentBytes = service.uploads.reduce((sum, bytes) => sum + bytes.byteLength, 0);
        // How much the guest wrote and how many logs that made is as long as the lives were.
        const ownBytes = guest.count * 1024 + service.uploads.length * 4096;
        expect(sentBytes).toBeLessThan(2 * diskSizeBytes + kills * 512 * 1024 + ownBytes);
      } catch (error) {
        throw new Error(`the agent said:\n${agent.lines.slice(-20).join('\n')}`, { cause: error });
      } finally {
        guest.stop();
        await agent.kill();
        await service.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    kills * 60_000,
  );
});
