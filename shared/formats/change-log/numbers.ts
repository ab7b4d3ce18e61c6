import { crc32 } from 'node:zlib';
import { LifeboatError } from '../../errors';

const wordLimit = 2 ** 32;

export function writeUnsigned64(target: Buffer, value: number, offsetBytes: number): void {
  target.writeUInt32LE(value % wordLimit, offsetBytes);
  target.writeUInt32LE(Math.floor(value / wordLimit), offsetBytes + 4);
}

/** A 64-bit number that also fits a double exactly; a larger one is refused. */
export function readUnsigned64(source: Buffer, offsetBytes: number): number {
  const value = source.readUInt32LE(offsetBytes) + source.readUInt32LE(offsetBytes + 4) * wordLimit;
  if (Number.isSafeInteger(value)) return value;
  throw new LifeboatError('LogOversized', 'The change log holds a number of 2^53 or more.');
}

/** Puts the checksum of everything before it into the last four bytes. */
export function sealWithChecksum(part: Buffer): Buffer {
  part.writeUInt32LE(crc32(part.subarray(0, -4)), part.length - 4);
  return part;
}

export function expectChecksum(part: Buffer, name: string): void {
  if (crc32(part.subarray(0, -4)) === part.readUInt32LE(part.length - 4)) return;
  throw new LifeboatError('LogTorn', `The ${name} of the change log does not match its checksum.`);
}

/** Bytes that must be zero until a later version gives them a meaning. */
export function expectZeros(part: Buffer, name: string): void {
  if (part.every((byte) => byte === 0)) return;
  throw new LifeboatError(
    'LogUnknownVersion',
    `The ${name} of the change log uses bytes that version 1 leaves zero.`,
  );
}
