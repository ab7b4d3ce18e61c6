import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, ftruncateSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeVhdFooter,
  encodeVhdFooter,
  expectVhdSize,
  vhdDiskLimitBytes,
} from '../../../shared/formats/vhd/fixed-vhd';

const gibibyte = 1024 ** 3;
const diskId = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const hasQemu = spawnSync('qemu-img', ['--version']).status === 0;

describe('the footer of a fixed VHD', () => {
  it('is, byte for byte, what docs/formats/vhd.md says', () => {
    const footer = encodeVhdFooter(2 * gibibyte, diskId);
    expect(footer.toString('hex', 0, 40)).toBe(
      '636f6e6563746978' +
        '00000002' +
        '00010000' +
        'ffffffffffffffff' +
        '00000000' +
        '6c666274' +
        '00010000' +
        '5769326b',
    );
    expect(footer.toString('hex', 40, 84)).toBe(
      '0000000080000000' +
        '0000000080000000' +
        'ffff' +
        '10' +
        'ff' +
        '00000002' +
        'ffffe4a9' +
        diskId.replaceAll('-', ''),
    );
    expect(footer.subarray(84).every((byte) => byte === 0)).toBe(true);
  });

  it('tells the size and the id of its disk, and one that was damaged is refused', () => {
    const footer = encodeVhdFooter(3 * gibibyte, diskId);
    expect(decodeVhdFooter(footer)).toEqual({ diskSizeBytes: 3 * gibibyte, diskId });
    for (const at of [0, 50, 60, 64, 70, 511]) {
      const damaged = Buffer.from(footer);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(() => decodeVhdFooter(damaged)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
    }
  });

  it('exists up to 2,040 GiB and not beyond', () => {
    expect(vhdDiskLimitBytes).toBe(2040 * gibibyte);
    expectVhdSize(vhdDiskLimitBytes);
    expect(() => expectVhdSize(vhdDiskLimitBytes + 512)).toThrow(
      expect.objectContaining({ code: 'DiskTooLarge' }),
    );
    for (const wrong of [0, -512, 100, 512.5, NaN]) {
      expect(() => expectVhdSize(wrong)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
    }
  });
});

(hasQemu ? describe : describe.skip)(
  'a fixed VHD in the eyes of qemu-img (skipped where it is not installed)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-vhd-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each([1, 127, 1024, 40 * 1024 + 1, 2040 * 1024])('is a disk of exactly %d MiB', (mebibytes) => {
      const sizeBytes = mebibytes * 1024 * 1024;
      const file = join(folder, `${mebibytes}.vhd`);
      const descriptor = openSync(file, 'w');
      ftruncateSync(descriptor, sizeBytes);
      writeSync(descriptor, encodeVhdFooter(sizeBytes, diskId), 0, 512, sizeBytes);
      closeSync(descriptor);
      const said = execFileSync('qemu-img', ['info', '-f', 'vpc', '--output=json', file], {
        encoding: 'utf8',
      });
      expect(JSON.parse(said)).toMatchObject({ format: 'vpc', 'virtual-size': sizeBytes });
      rmSync(file);
    });

    it('holds the same bytes as the raw disk', () => {
      const content = Buffer.alloc(3 * 1024 * 1024, 'disk content ');
      const [raw, vhd] = [join(folder, 'disk.raw'), join(folder, 'disk.vhd')];
      writeFileSync(raw, content);
      writeFileSync(vhd, Buffer.concat([content, encodeVhdFooter(content.length, diskId)]));
      expect(
        execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'vpc', raw, vhd], { encoding: 'utf8' }),
      ).toContain('Images are identical');
    });
  },
);
