import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canMount, onSmallDisk } from '../../support/agent/small-disk';
import { AgentProcess, type AgentProcessOptions } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';

const mebibyte = 1024 * 1024;
const diskSizeBytes = 4 * mebibyte;
const noSpace = 28;

let folder: string;
let service: ReferenceService;
let agent: AgentProcess;
let replicaId: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-full-'));
  service = await ReferenceService.start();
});

afterEach(async () => {
  await agent.kill();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Pick<AgentProcessOptions, 'disks' | 'launcher'>): Promise<void> {
  agent = new AgentProcess({
    ...{ url: service.url, folder, machineId: 'machine', token: 'a-registration-token-of-a-test' },
    ...options,
  });
  agent.start();
  replicaId = await service.protect('machine', 'disk', diskSizeBytes);
  service.cutMarkers([replicaId], 1_000_000);
  await nthPoint(1);
}

function nthPoint(count: number) {
  return eventually(async () => {
    const points = (await service.replicas.points(replicaId)).filter(({ state }) => state === 'listed');
    return points.length >= count ? points[0] : undefined;
  }, 200_000);
}

async function replica(): Promise<Buffer> {
  const { data } = await service.ports.disks
    .open(replicaId)
    .read({ offsetBytes: 0, lengthBytes: diskSizeBytes });
  return Buffer.from(data);
}

/** Skipped, and so counted and named, where the system lets nobody mount anything. */
const itFull = canMount ? it : it.skip;

itFull(
  'a spool whose disk is full costs the guest nothing, and what it could not hold is sent in the same epoch',
  async () => {
    const path = join(folder, 'disk');
    writeFileSync(path, randomBytes(diskSizeBytes));
    mkdirSync(join(folder, 'state'));
    await start({ disks: [`${path}:disk`], launcher: onSmallDisk(join(folder, 'state'), 6 * mebibyte) });
    const guest = await agent.connect('disk');
    service.isUnreachable = (each) => each.startsWith('/cache');
    const isFull = (): boolean => agent.lines.some((line) => /sealing failed.*ENOSPC|disk full/.test(line));
    await eventually(async () => {
      for (let offset = 0; offset < diskSizeBytes; offset += 128 * 1024)
        await guest.write(offset, randomBytes(128 * 1024));
      return isFull();
    }, 60_000);
    service.isUnreachable = () => false;
    service.cutNow();
    const { position } = await nthPoint(2);
    expect((await replica()).equals(readFileSync(path))).toBe(true);
    expect(position?.epoch).toBe(1);
    guest.close();
  },
  400_000,
);

itFull(
  'a disk that is itself full gives the guest that error and no other, and the replica is what the disk is',
  async () => {
    const place = join(folder, 'place');
    mkdirSync(place);
    const path = join(place, 'disk');
    const launcher = onSmallDisk(place, 2 * mebibyte, `truncate -s ${diskSizeBytes} '${path}'`);
    await start({ disks: [`${path}:disk`], launcher });
    const guest = await agent.connect('disk');
    const errors = new Set<number>();
    // Not a divisor of what there is room for: one write is half on the disk when it fails.
    const lengthBytes = 96 * 1024;
    for (let offset = 0; offset + lengthBytes <= diskSizeBytes; offset += lengthBytes)
      await guest
        .write(offset, randomBytes(lengthBytes))
        .catch(({ error }: { error: number }) => errors.add(error));
    expect([...errors]).toEqual([noSpace]);
    service.cutNow();
    await nthPoint(2);
    expect((await replica()).equals(await guest.read(0, diskSizeBytes))).toBe(true);
    guest.close();
  },
  400_000,
);
