import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBitmapFile } from '../../../agent/capture/bitmap-file';
import { blockBytes } from '../../../agent/capture/dirty-bitmap';
import { copyPending } from '../../../agent/copy/copy-pending';
import { FileDisk } from '../../../agent/disk/file-disk';
import type { SourceDisk } from '../../../agent/disk/source-disk';
import { type NbdServer, startNbdServer } from '../../../agent/nbd/server';
import { ProtectedDisk } from '../../../agent/replica/protected-disk';
import { SpoolCipher } from '../../../agent/spool/spool-cipher';
import type { DesiredReplica } from '../../../shared/contracts/agent/desired';
import { readChangeLog } from '../../../shared/formats/change-log/read-change-log';
import { NbdClient } from '../../support/nbd-client';
import { applyPlainly } from '../../support/plain-disk';

const sizeBytes = 8 * blockBytes;
const cipher = new SpoolCipher(Buffer.alloc(32, 1));
const wish: DesiredReplica = {
  ...{ replicaId: '0198b2f0-0000-7000-8000-000000000001', machineId: 'machine', diskId: 'disk' },
  ...{ mode: 'copy', epoch: 1, chainHead: '0'.repeat(64), mayCopy: true },
};
const resync: DesiredReplica = { ...wish, mode: 'resync', epoch: 2 };

let folder: string;
/** What the disk, and the state folder, fail with now. */
let diskFailure: string | undefined;
let stateFailure: string | undefined;
let timeInMs: number;
let disk: ProtectedDisk;
let server: NbdServer;
let guest: NbdClient;

function failWith(code: string | undefined): void {
  if (code !== undefined) throw Object.assign(new Error(`${code}: as the system says`), { code });
}

/** A disk that half does what it fails at. */
function failingDisk(file: SourceDisk): SourceDisk {
  const half = (parts: readonly Buffer[]): Buffer[] => parts.map((part) => part.subarray(0, 512));
  return {
    sizeBytes,
    readNow: (offset, length) => (failWith(diskFailure), file.readNow(offset, length)),
    read: async (offset, length) => (failWith(diskFailure), file.read(offset, length)),
    look: async (range, use) => (failWith(diskFailure), file.look(range, use)),
    writeNow: (offset, parts) => {
      if (diskFailure !== undefined) file.writeNow(offset, half(parts).slice(0, 1));
      failWith(diskFailure);
      file.writeNow(offset, parts);
    },
    write: async (offset, parts) => {
      if (diskFailure !== undefined) await file.write(offset, half(parts).slice(0, 1));
      failWith(diskFailure);
      await file.write(offset, parts);
    },
    flush: async () => (failWith(diskFailure), file.flush()),
    close: () => file.close(),
  };
}

/** As an agent that starts on the folder, for the first time or again. */
function open(): Promise<ProtectedDisk> {
  return ProtectedDisk.open({
    ...{
      disk: failingDisk(new FileDisk(join(folder, 'disk'), sizeBytes)),
      machineId: 'machine',
      diskId: 'disk',
    },
    ...{ folder: join(folder, 'state'), cipher, bootId: 'boot', onSealDue: () => undefined },
    clock: { now: () => timeInMs, sleep: () => Promise.resolve() },
    openBitmap: (path) => {
      const file = openBitmapFile(path);
      return { ...file, write: (...bits) => (failWith(stateFailure), file.write(...bits)) };
    },
    ...{ spoolQuotaBytes: 2 ** 30, openLogLimitBytes: 2 ** 30, sealAtBytes: 2 ** 30 },
  });
}

const copy = (): Promise<void> =>
  copyPending({
    ...{ disk, clock: { now: () => timeInMs, sleep: () => Promise.resolve() }, sealAtBytes: 2 ** 30 },
    ...{ signal: new AbortController().signal, mayCopy: () => true },
  });

/** What a replica holds once it has applied every log of the epoch. */
async function replica(base: Buffer): Promise<Buffer> {
  let image = base;
  for (const { sequence } of disk.spool.logs) {
    const bytes = (await disk.spool.read(sequence)) ?? Buffer.alloc(0);
    const log = await readChangeLog(
      (async function* () {
        yield await Promise.resolve(bytes);
      })(),
    );
    for await (const extents of log.frames()) image = applyPlainly(extents, sizeBytes, image);
  }
  return image;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-failing-'));
  [diskFailure, stateFailure, timeInMs] = [undefined, undefined, 1];
  writeFileSync(join(folder, 'disk'), randomBytes(sizeBytes));
  disk = await open();
  await disk.follow(wish, 0);
  await copy();
  server = await startNbdServer({ exports: new Map([['disk', disk.capture]]), listen: { port: 0 } });
  guest = await NbdClient.connect(server.address, 'disk');
});

afterEach(async () => {
  guest.close();
  await server.close();
  disk.close();
  rmSync(folder, { recursive: true });
});

describe('a disk that fails under the agent', () => {
  it.each([
    ['EIO', 5],
    ['ENXIO', 5],
    ['EROFS', 1],
    ['EACCES', 1],
  ])('with %s gives its guest that error and no other, and loses nothing', async (code, error) => {
    await guest.write(0, randomBytes(4096));
    diskFailure = code;
    await expect(guest.write(blockBytes, randomBytes(4096))).rejects.toMatchObject({ error });
    await expect(guest.write(2 * blockBytes, randomBytes(3 * blockBytes))).rejects.toMatchObject({ error });
    await expect(guest.read(0, 4096)).rejects.toMatchObject({ error });
    await expect(guest.flush()).rejects.toMatchObject({ error });
    await disk.seal();
    await expect(copy()).rejects.toMatchObject({ code });
    expect(disk.isInDoubt).toBe(true);
    diskFailure = undefined;
    await guest.write(6 * blockBytes, randomBytes(4096));
    await guest.flush();
    await copy();
    await disk.seal();
    expect(disk.isInDoubt).toBe(false);
    expect((await replica(Buffer.alloc(sizeBytes))).equals(readFileSync(join(folder, 'disk')))).toBe(true);
  });

  it('is named in what the agent reports, until it has not failed for a while', async () => {
    expect(disk.report()?.problem).toBeUndefined();
    diskFailure = 'EIO';
    await expect(guest.read(0, 512)).rejects.toMatchObject({ error: 5 });
    diskFailure = undefined;
    const message = 'The disk disk fails: EIO: as the system says';
    expect(disk.report()?.problem).toEqual({ code: 'SourceDiskFailing', message });
    timeInMs += 40 * 60_000;
    expect(disk.report()?.problem?.code).toBe('SourceDiskFailing');
    timeInMs += 1;
    expect(disk.report()?.problem).toBeUndefined();
  });
});

describe('a state folder that fails under the agent', () => {
  const writeAll = async (): Promise<void> => {
    for (let block = 0; block < 8; block += 1) await guest.write(block * blockBytes, randomBytes(4096));
  };

  it('costs the guest nothing, and the disk is compared once marks can be kept again', async () => {
    const base = readFileSync(join(folder, 'disk'));
    stateFailure = 'EIO';
    await writeAll();
    expect(disk.lostWish).toEqual(wish);
    expect(disk.report()).toMatchObject({ state: 'failed', problem: { code: 'AgentStateFailing' } });
    await expect(disk.follow(resync, 0)).rejects.toMatchObject({ code: 'EIO' });
    await writeAll();
    stateFailure = undefined;
    await disk.follow(resync, 0);
    expect(disk.pending.count).toBe(8);
    await writeAll();
    await copy();
    expect(disk.report()?.state).toBe('replicating');
    expect(disk.report()?.problem).toBeUndefined();
    expect((await replica(base)).equals(readFileSync(join(folder, 'disk')))).toBe(true);
  });

  it('leaves nothing that the next agent would trust, if this one dies meanwhile', async () => {
    stateFailure = 'EROFS';
    await guest.write(0, randomBytes(4096));
    await expect(disk.follow(resync, 0)).rejects.toMatchObject({ code: 'EROFS' });
    stateFailure = undefined;
    const next = await open();
    expect(next.spool.head).toBeUndefined();
    await next.follow(wish, 3);
    expect(next.lostWish).toEqual(wish);
    next.close();
  });

  it('is not what a write tells that comes after the disk was let go', async () => {
    const other = await open();
    await other.follow(wish, 0);
    other.close();
    expect(() => other.capture.write(0, [Buffer.alloc(512)], 512)).toThrow('EBADF');
    const next = await open();
    expect(next.spool.head?.epoch).toBe(1);
    next.close();
  });

  it('fails no log that is being sealed for good: what it held is in doubt', async () => {
    await guest.write(0, randomBytes(4096));
    await disk.whileNotSealing(async () => {
      const cut = disk.capture.cut();
      stateFailure = 'EIO';
      const sealed = disk.sealCut(cut, undefined);
      await guest.write(blockBytes, randomBytes(4096));
      await expect(sealed).rejects.toThrow('given up');
    });
    stateFailure = undefined;
    await disk.follow(resync, 0);
    await copy();
    expect((await replica(Buffer.alloc(sizeBytes))).equals(readFileSync(join(folder, 'disk')))).toBe(true);
  });
});
