import { assert } from '../../assert';
import { LifeboatError } from '../../errors';
import { sectorBytes } from '../../model/extent';

/** A fixed VHD is the disk's bytes and, after them, one footer. */
export const vhdFooterBytes = 512;

/**
 * The largest disk that the tools which read VHDs agree on: 2,040 GiB. A page blob could hold 8 TiB and the footer's
 * own field more, but Hyper-V and QEMU refuse a VHD beyond this, and a replica nobody can open is none.
 */
export const vhdDiskLimitBytes = 0xff000000 * sectorBytes;

const checksumOffset = 64;

/**
 * 65,535 cylinders, 16 heads, 255 sectors: the geometry that tells every reader to take the size field, which is exact,
 * where cylinders times heads times sectors would round it down.
 */
const largestGeometry = 0xffff10ff;

/** The footer of a disk. The same disk always has the same footer, so that writing it again changes nothing. */
export function encodeVhdFooter(diskSizeBytes: number, diskId: string): Buffer {
  const id = Buffer.from(diskId.replaceAll('-', ''), 'hex');
  assert(id.length === 16, `'${diskId}' is not a UUID`);
  const footer = Buffer.alloc(vhdFooterBytes);
  footer.write('conectix', 0, 'latin1');
  footer.writeUInt32BE(2, 8); // Features: the reserved bit, which is always set.
  footer.writeUInt32BE(0x00010000, 12); // Format version 1.0.
  footer.writeBigUInt64BE(0xffffffffffffffffn, 16); // No dynamic part.
  footer.write('lfbt', 28, 'latin1');
  footer.writeUInt32BE(0x00010000, 32);
  footer.write('Wi2k', 36, 'latin1');
  footer.writeBigUInt64BE(BigInt(diskSizeBytes), 40);
  footer.writeBigUInt64BE(BigInt(diskSizeBytes), 48);
  footer.writeUInt32BE(largestGeometry, 56);
  footer.writeUInt32BE(2, 60); // A fixed disk.
  id.copy(footer, 68);
  footer.writeUInt32BE(checksumOf(footer), checksumOffset);
  return footer;
}

/** The size of the disk before this footer. */
export function decodeVhdFooter(footer: Buffer): { diskSizeBytes: number; diskId: string } {
  const isFixedVhd =
    footer.length === vhdFooterBytes &&
    footer.toString('latin1', 0, 8) === 'conectix' &&
    footer.readUInt32BE(60) === 2 &&
    footer.readUInt32BE(checksumOffset) === checksumOf(footer);
  if (!isFixedVhd) throw new LifeboatError('BadRequest', 'The last sector is not the footer of a fixed VHD.');
  const digits = footer.toString('hex', 68, 84);
  const diskId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { diskSizeBytes: Number(footer.readBigUInt64BE(48)), diskId };
}

/** Refuses a size that no fixed VHD can have. */
export function expectVhdSize(diskSizeBytes: number): void {
  if (!Number.isSafeInteger(diskSizeBytes) || diskSizeBytes <= 0 || diskSizeBytes % sectorBytes !== 0) {
    throw new LifeboatError('BadRequest', `A disk of ${diskSizeBytes} bytes is not whole sectors.`);
  }
  if (diskSizeBytes > vhdDiskLimitBytes) {
    throw new LifeboatError(
      'DiskTooLarge',
      `A disk of ${diskSizeBytes} bytes is larger than the ${vhdDiskLimitBytes} that a VHD can have.`,
    );
  }
}

/** The sum of all bytes but the checksum's own, inverted. */
function checksumOf(footer: Buffer): number {
  let sum = 0;
  footer.forEach((byte, index) => {
    if (index < checksumOffset || index >= checksumOffset + 4) sum += byte;
  });
  return 0xffffffff - sum;
}
