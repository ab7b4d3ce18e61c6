import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openBitmapFile } from '../../../agent/capture/bitmap-file';
import { blockBytes, DirtyBitmap } from '../../../agent/capture/dirty-bitmap';
import { DiskCapture } from '../../../agent/capture/disk-capture';
import type { OpenLog } from '../../../agent/capture/open-log';
import { placeOf, unpackWrites } from '../../../agent/capture/packed-writes';
import { FileDisk } from '../../../agent/disk/file-disk';
import type { Extent } from '../../../shared/model/extent';

const sizeBytes = 40 * blockBytes;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-capture-'));
  writeFileSync(join(folder, 'disk'), Buffer.alloc(sizeBytes));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function openBitmap(name: string): DirtyBitmap {
  return new DirtyBitmap(openBitmapFile(join(folder, name)), sizeBytes, (error) => {
    throw error;
  });
}

function openBitmaps() {
  return { open: openBitmap('open'), sealing: openBitmap('sealing'), pending: openBitmap('pending') };
}

function openCapture(openLogLimitBytes = 2 ** 30) {
  let time = 0;
  const clock = { now: () => ++time, sleep: () => Promise.resolve() };
  const disk = new FileDisk(join(folder, 'disk'), sizeBytes);
  const bitmaps = openBitmaps();
  return {
    disk,
    bitmaps,
    capture: new DiskCapture({
      disk,
      clock,
      bitmaps,
      openLogLimitBytes,
      sealAtBytes: 2 ** 30,
      onSealDue: () => undefined,
    }),
  };
}

function apply(image: Buffer, extents: readonly Extent[]): void {
  for (const extent of extents) {
    if (extent.kind === 'zero') image.fill(0, extent.offsetBytes, extent.offsetBytes + extent.lengthBytes);
    else image.set(extent.data, extent.offsetBytes);
  }
}

const sectors = sizeBytes / 512;
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write'),
      sector: fc.nat(sectors - 400),
      length: fc.integer({ min: 1, max: 400 }),
      value: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('zero'),
      sector: fc.nat(sectors - 400),
      length: fc.integer({ min: 1, max: 400 }),
      value: fc.constant(0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('cut'),
      sector: fc.constant(0),
      length: fc.constant(0),
      value: fc.constant(0),
    }),
  },
);

/** Copies every pending block into the open log, as a copier would. */
async function copyPending(capture: DiskCapture, pending: DirtyBitmap): Promise<void> {
  for (const block of [...pending.marked()]) {
    const range = { offsetBytes: block * blockBytes, lengthBytes: blockBytes };
    await capture.copy(range, (data, log, time) => {
      log.append(range, placeOf(data), time);
      log.noteCopied(block);
      return true;
    });
  }
}

describe('a captured disk', () => {
  it('is what its logs say, at every cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        writeFileSync(join(folder, 'disk'), Buffer.alloc(sizeBytes));
        const { capture, disk } = openCapture();
        capture.startCapturing();
        const replica = Buffer.alloc(sizeBytes);
        let underWay: (void | Promise<void>)[] = [];
        for (const { kind, sector, length, value } of [
          ...steps,
          { kind: 'cut', sector: 0, length: 0, value: 0 },
        ]) {
          if (kind === 'write') {
            underWay.push(capture.write(sector * 512, [Buffer.alloc(length * 512, value)], length * 512));
          } else if (kind === 'zero') {
            underWay.push(capture.zero(sector * 512, length * 512));
          } else {
            await capture.hold();
            const log = capture.cut();
            apply(replica, unpackWrites(log.writes));
            expect(replica.equals(disk.readNow(0, sizeBytes))).toBe(true);
            capture.sealed(log);
            capture.release();
            await Promise.all(underWay.map((write) => Promise.resolve(write)));
            underWay = [];
          }
        }
        disk.close();
      }),
      { numRuns: 40 },
    );
  });

  it('knows after its death which blocks may differ from what was sealed', () => {
    const { capture, disk, bitmaps } = openCapture();
    capture.startCapturing();
    void capture.write(3 * blockBytes, [Buffer.alloc(512, 1)], 512);
    const first = capture.cut();
    void capture.write(7 * blockBytes - 512, [Buffer.alloc(1024, 2)], 1024);
    // The agent dies here: nothing is closed, and the files are read anew.
    expect([...openBitmaps().sealing.marked()]).toEqual([3]);
    expect([...openBitmaps().open.marked()]).toEqual([6, 7]);
    capture.sealed(first);
    expect(openBitmaps().sealing.count).toBe(0);
    disk.close();
    expect(bitmaps.pending.count).toBe(0);
  });

  it('marks instead of keeping once the open log is full, and copying makes up for it', async () => {
    const { capture, disk, bitmaps } = openCapture(4 * 512);
    capture.startCapturing();
    for (let sector = 0; sector < 64; sector++)
      void capture.write((sector * 65536) % sizeBytes, [Buffer.alloc(512, sector + 1)], 512);
    expect(capture.openLog.dataBytes).toBe(4 * 512);
    expect(bitmaps.pending.count).toBeGreaterThan(30);
    const replica = Buffer.alloc(sizeBytes);
    const first = capture.cut();
    apply(replica, unpackWrites(first.writes));
    capture.sealed(first);
    await copyPending(capture, bitmaps.pending);
    const second = capture.cut();
    apply(replica, unpackWrites(second.writes));
    capture.sealed(second);
    expect(replica.equals(disk.readNow(0, sizeBytes))).toBe(true);
    expect(bitmaps.pending.count).toBe(0);
    disk.close();
  });

  it('copies a block again when the disk changed after the copy and the log does not say how', async () => {
    const { capture, disk, bitmaps } = openCapture(blockBytes);
    capture.startCapturing();
    bitmaps.pending.mark({ offsetBytes: 0, lengthBytes: blockBytes });
    await copyPending(capture, bitmaps.pending);
    const log: OpenLog = capture.cut();
    void capture.write(blockBytes, [Buffer.alloc(blockBytes, 5)], blockBytes);
    void capture.write(0, [Buffer.alloc(512, 6)], 512);
    capture.sealed(log);
    expect([...bitmaps.pending.marked()]).toEqual([0]);
    disk.close();
  });

  it('lets no write begin while it is held', async () => {
    const { capture, disk } = openCapture();
    capture.startCapturing();
    await capture.hold();
    const write = Promise.resolve(capture.write(0, [Buffer.alloc(512, 1)], 512));
    await Promise.resolve();
    expect(disk.readNow(0, 512)[0]).toBe(0);
    capture.release();
    await write;
    expect(disk.readNow(0, 512)[0]).toBe(1);
    disk.close();
  });
});

describe('a dirty bitmap', () => {
  it('comes back from its file as it was', () => {
    const marks = fc.array(
      fc.record({ offsetBytes: fc.nat(sizeBytes - 1), lengthBytes: fc.integer({ min: 1, max: 300_000 }) }),
    );
    fc.assert(
      fc.property(marks, fc.array(fc.nat(39)), (ranges, unmarked) => {
        const bitmap = openBitmap('property');
        bitmap.clear();
        for (const { offsetBytes, lengthBytes } of ranges) {
          bitmap.mark({ offsetBytes, lengthBytes: Math.min(lengthBytes, sizeBytes - offsetBytes) });
        }
        bitmap.unmark(unmarked);
        const again = openBitmap('property');
        expect([...again.marked()]).toEqual([...bitmap.marked()]);
        expect(again.count).toBe([...bitmap.marked()].length);
        bitmap.close();
        again.close();
      }),
      { numRuns: 60 },
    );
  });

  it('tells what it could not save, and saves it with the next mark', () => {
    const file = openBitmapFile(join(folder, 'failing'));
    const told: string[] = [];
    let isFailing = false;
    const write = (...bits: Parameters<typeof file.write>): void => {
      if (isFailing) throw new Error('read-only');
      file.write(...bits);
    };
    const bitmap = new DirtyBitmap({ ...file, write }, sizeBytes, (error) => told.push(String(error)));
    const block = (index: number) => ({ offsetBytes: index * blockBytes, lengthBytes: 1 });
    isFailing = true;
    for (const index of [3, 20]) bitmap.mark(block(index));
    expect(told).toEqual(['Error: read-only', 'Error: read-only']);
    expect(() => bitmap.catchUp()).toThrow('read-only');
    isFailing = false;
    bitmap.mark(block(3));
    expect([...openBitmap('failing').marked()]).toEqual([3, 20]);
    bitmap.close();
  });
});
