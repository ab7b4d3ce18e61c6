import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDisk } from '../../../agent/disk/open-disk';
import { encodeVhdFooter } from '../../../shared/formats/vhd/fixed-vhd';

const sizeBytes = 256 * 1024;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-disk-'));
  path = join(folder, 'disk');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A block device that is this file, or nothing where none can be had. */
function loopDevice(file: string): string | undefined {
  const { status, stdout } = spawnSync('losetup', ['--find', '--show', file], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function detach(device: string): void {
  spawnSync('losetup', ['--detach', device]);
}

/** Whether a device can be had is known only once one was. */
function canHaveDevice(): boolean {
  const device = loopDevice(__filename);
  if (device !== undefined) detach(device);
  return device !== undefined;
}

const itOnDevice = canHaveDevice() ? it : it.skip;

describe('a disk to protect', () => {
  it('is all of a raw image', () => {
    writeFileSync(path, randomBytes(sizeBytes));
    const disk = openDisk(path);
    expect(disk.sizeBytes).toBe(sizeBytes);
    expect(disk.readNow(sizeBytes - 512, 512).equals(readFileSync(path).subarray(-512))).toBe(true);
    disk.close();
  });

  it('is a fixed VHD without its footer, which stays as it is', () => {
    const footer = encodeVhdFooter(sizeBytes, randomUUID());
    writeFileSync(path, Buffer.concat([Buffer.alloc(sizeBytes), footer]));
    const disk = openDisk(path);
    expect(disk.sizeBytes).toBe(sizeBytes);
    const last = randomBytes(512);
    disk.writeNow(sizeBytes - 512, [last]);
    disk.close();
    const content = readFileSync(path);
    expect(content.subarray(sizeBytes - 512, sizeBytes).equals(last)).toBe(true);
    expect(content.subarray(sizeBytes).equals(footer)).toBe(true);
  });

  it('is no VHD that grows, nor one that was cut short', () => {
    const growing = encodeVhdFooter(sizeBytes, randomUUID());
    growing.writeUInt32BE(3, 60);
    writeFileSync(path, Buffer.concat([Buffer.alloc(sizeBytes), growing]));
    expect(() => openDisk(path)).toThrow('is a VHD, but not a fixed one');
    writeFileSync(
      path,
      Buffer.concat([Buffer.alloc(sizeBytes - 512), encodeVhdFooter(sizeBytes, randomUUID())]),
    );
    expect(() => openDisk(path)).toThrow('is shorter than the disk that its footer tells of');
  });

  it('is no file of half a sector, nor an empty one', () => {
    for (const length of [0, 256, sizeBytes + 256]) {
      writeFileSync(path, Buffer.alloc(length));
      expect(() => openDisk(path)).toThrow(`its size, ${length} bytes, is not a whole number of sectors`);
    }
  });

  itOnDevice('is a whole block device (skipped where no loop device can be had)', () => {
    writeFileSync(path, Buffer.alloc(sizeBytes));
    const device = loopDevice(path) ?? '';
    try {
      const disk = openDisk(device);
      expect(disk.sizeBytes).toBe(sizeBytes);
      const last = randomBytes(512);
      disk.writeNow(sizeBytes - 512, [last]);
      expect(disk.readNow(sizeBytes - 512, 512).equals(last)).toBe(true);
      disk.close();
    } finally {
      detach(device);
    }
  });
});
