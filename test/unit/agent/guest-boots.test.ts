import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../../../agent/start-agent';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';

/** A machine of one sector: it counts for ever, and writes each count to the next of 1024 sectors of its disk. */
const program: readonly (readonly [code: string, what: string])[] = [
  ['31c0', 'xor ax, ax'],
  ['8ed8', 'mov ds, ax'],
  ['8ec0', 'mov es, ax'],
  ['8ed0', 'mov ss, ax'],
  ['bc007c', 'mov sp, 0x7c00'],
  ['bf007e', 'mov di, 0x7e00: the sector to be written'],
  ['b90001', 'mov cx, 256'],
  ['f3ab', 'rep stosw'],
  ['66ff06007e', 'next: inc dword [0x7e00]'],
  ['66a1007e', 'mov eax, [0x7e00]'],
  ['6625ff030000', 'and eax, 1023'],
  ['6683c010', 'add eax, 16'],
  ['66a3587c', 'mov [0x7c58], eax: where to'],
  ['b80043', 'mov ax, 0x4300: write to the disk in dl'],
  ['be507c', 'mov si, 0x7c50: what and where to'],
  ['cd13', 'int 0x13'],
  ['ebdf', 'jmp next'],
];
const sectorBytes = 512;
const packetOffsetBytes = 0x50;
/** Packet size, one sector, from 0000:7e00. */
const packet = '10000100007e0000';
const countedSectors = 1024;
const firstCounted = 16;
const diskSizeBytes = (firstCounted + countedSectors) * sectorBytes;
const enoughPoints = 6;

const qemu = 'qemu-system-x86_64';
const itWithQemu = spawnSync(qemu, ['--version']).error === undefined ? it : it.skip;

let folder: string;
let path: string;
let service: ReferenceService;
let agent: Agent;
let guest: ChildProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-guest-'));
  path = join(folder, 'disk');
  writeFileSync(path, diskAfter(0));
  service = await ReferenceService.start();
  agent = await startTestAgent({ url: service.url, folder, machineId: 'machine', paths: [path] });
});

afterEach(async () => {
  await kill();
  await agent.stop();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function bootSector(): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  Buffer.from(program.map(([code]) => code).join(''), 'hex').copy(sector);
  Buffer.from(packet, 'hex').copy(sector, packetOffsetBytes);
  sector.writeUInt16BE(0x55aa, sectorBytes - 2);
  return sector;
}

/** The whole disk once the machine has written this many counts. */
function diskAfter(writes: number): Buffer {
  const disk = Buffer.alloc(diskSizeBytes);
  bootSector().copy(disk);
  for (let count = Math.max(1, writes - countedSectors + 1); count <= writes; count++)
    disk.writeUInt32LE(count, (firstCounted + (count % countedSectors)) * sectorBytes);
  return disk;
}

function writesOn(disk: Buffer): number {
  let highest = 0;
  for (let at = firstCounted * sectorBytes; at < diskSizeBytes; at += sectorBytes)
    highest = Math.max(highest, disk.readUInt32LE(at));
  return highest;
}

function boot(): void {
  const port = 'port' in agent.nbd ? agent.nbd.port : 0;
  guest = spawn(qemu, [
    ...['-accel', 'tcg', '-m', '16', '-nodefaults', '-display', 'none'],
    ...['-drive', `file=nbd://127.0.0.1:${port}/disk0,format=raw,if=ide`],
  ]);
}

async function kill(): Promise<void> {
  if (guest === undefined || guest.exitCode !== null || guest.signalCode !== null) return;
  const exit = once(guest, 'exit');
  guest.kill('SIGKILL');
  await exit;
}

async function contentAt(replicaId: string, pointId: string): Promise<Buffer> {
  const toReplicaId = randomUUID();
  const moment = { kind: 'point', pointId } as const;
  await service.replicas.materialise({ moment, replicaId, toReplicaId, job: 'test' });
  const whole = { offsetBytes: 0, lengthBytes: diskSizeBytes };
  const { data } = await service.ports.disks.open(toReplicaId).read(whole);
  await service.ports.disks.remove(toReplicaId);
  return Buffer.from(data);
}

describe('a guest that boots from the splitter', () => {
  itWithQemu(
    'writes, is killed, and its replica is its disk at every marker',
    async () => {
      const replicaId = await service.protect('machine', 'disk0', diskSizeBytes);
      boot();
      await eventually(() => Promise.resolve(writesOn(readFileSync(path)) > 0), 60_000);
      service.cutMarkers([replicaId], 200);
      const listed = async (): Promise<readonly { pointId: string; cutTimeInMs: number }[]> =>
        (await service.replicas.points(replicaId)).filter(({ state }) => state === 'listed');
      const seen = new Map<string, number>();
      const look = async (): Promise<void> => {
        for (const { pointId } of await listed()) {
          if (seen.has(pointId)) continue;
          const held = await contentAt(replicaId, pointId);
          const writes = writesOn(held);
          // One write follows another: what the disk was is known from how many there were.
          expect(held.equals(diskAfter(writes))).toBe(true);
          seen.set(pointId, writes);
        }
      };
      await eventually(async () => {
        await look();
        return new Set(seen.values()).size >= enoughPoints;
      });
      await kill();
      const killedAtInMs = Date.now();
      await eventually(async () => (await listed()).some(({ cutTimeInMs }) => cutTimeInMs > killedAtInMs));
      await look();
      expect([...seen.values()]).toContain(writesOn(readFileSync(path)));
    },
    240_000,
  );
});
