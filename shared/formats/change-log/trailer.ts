import { LifeboatError } from '../../errors';
import { magic, trailerBytes } from './layout';
import { expectChecksum, expectZeros, readUnsigned64, sealWithChecksum, writeUnsigned64 } from './numbers';

/** What a log held, said again at its end: without it, the log was cut. */
export interface Trailer {
  readonly frameCount: number;
  readonly recordCount: number;
  readonly dataBytes: number;
  /** SHA-256 of every byte before the trailer, as lower-case hex: the digest the next log is chained to. */
  readonly digest: string;
}

export function encodeTrailer({ frameCount, recordCount, dataBytes, digest }: Trailer): Buffer {
  const bytes = Buffer.alloc(trailerBytes);
  bytes.write(magic.trailer, 0, 'latin1');
  bytes.writeUInt32LE(frameCount, 8);
  bytes.writeUInt32LE(recordCount, 12);
  writeUnsigned64(bytes, dataBytes, 16);
  bytes.write(digest, 24, 'hex');
  return sealWithChecksum(bytes);
}

/** Throws unless the trailer says exactly what was read before it. */
export function expectTrailer(bytes: Buffer, read: Trailer): void {
  expectChecksum(bytes, 'trailer');
  if (bytes.toString('latin1', 0, 8) !== magic.trailer) {
    throw new LifeboatError('LogUnknownVersion', 'The trailer of the change log is of an unknown version.');
  }
  expectZeros(bytes.subarray(56, 60), 'trailer');
  if (bytes.toString('hex', 24, 56) !== read.digest) {
    throw new LifeboatError('LogTorn', 'The change log does not match the digest in its trailer.');
  }
  const isTrue =
    bytes.readUInt32LE(8) === read.frameCount &&
    bytes.readUInt32LE(12) === read.recordCount &&
    readUnsigned64(bytes, 16) === read.dataBytes;
  if (!isTrue) {
    throw new LifeboatError('LogCorrupt', 'The trailer of the change log counts other than what it holds.');
  }
}
