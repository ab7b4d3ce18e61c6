import { createHash } from 'node:crypto';
import { LifeboatError } from '../errors';

/**
 * The digests of one segment of a disk, block by block. A block of zeros takes one bit, any other 32 bytes more.
 * docs/formats/digest-map.md draws every byte.
 */
export interface DigestMap {
  readonly replicaId: string;
  /** The disk's number when it was read: even, of an epoch's base. */
  readonly number: number;
  readonly blockBytes: number;
  readonly offsetBytes: number;
  /** SHA-256 of each block, or undefined where it is all zeros. */
  readonly digests: readonly (Uint8Array | undefined)[];
}

const magic = 'LBDMAP1\0';
const headerBytes = 64;
const digestBytes = 32;
/** A map of more blocks than this is not one of ours: 32 MiB of digests. */
const blockLimit = 1024 * 1024;

export function encodeDigestMap(map: DigestMap): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 0, 'latin1');
  header.write(map.replicaId.replaceAll('-', ''), 8, 'hex');
  header.writeBigUInt64LE(BigInt(map.number), 24);
  header.writeBigUInt64LE(BigInt(map.offsetBytes), 32);
  header.writeUInt32LE(map.blockBytes, 40);
  header.writeUInt32LE(map.digests.length, 44);
  const bits = Buffer.alloc(Math.ceil(map.digests.length / 8));
  const present: Uint8Array[] = [];
  map.digests.forEach((digest, index) => {
    if (digest === undefined) return;
    bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
    present.push(digest);
  });
  const body = Buffer.concat([header, bits, ...present]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

export function decodeDigestMap(bytes: Uint8Array): DigestMap {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = buffer.length >= headerBytes + digestBytes ? buffer.readUInt32LE(44) : blockLimit + 1;
  const bitsBytes = Math.ceil(count / 8);
  const bodyBytes = buffer.length - digestBytes;
  if (count > blockLimit || headerBytes + bitsBytes > bodyBytes) throw notAMap('its size');
  if (buffer.toString('latin1', 0, 8) !== magic) throw notAMap('its first bytes');
  const digest = createHash('sha256').update(buffer.subarray(0, bodyBytes)).digest();
  if (!digest.equals(buffer.subarray(bodyBytes))) throw notAMap('its digest');

  const bits = buffer.subarray(headerBytes, headerBytes + bitsBytes);
  let at = headerBytes + bitsBytes;
  const digests = Array.from({ length: count }, (_, index) => {
    if ((((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 0) return undefined;
    at += digestBytes;
    return buffer.subarray(at - digestBytes, at);
  });
  if (at !== bodyBytes) throw notAMap('its number of digests');
  return {
    replicaId: uuidOf(buffer.toString('hex', 8, 24)),
    number: Number(buffer.readBigUInt64LE(24)),
    offsetBytes: Number(buffer.readBigUInt64LE(32)),
    blockBytes: buffer.readUInt32LE(40),
    digests,
  };
}

/** The digest that a map holds of a block: undefined where it is all zeros. */
export function digestOfBlock(block: Uint8Array): Uint8Array | undefined {
  return block.every((byte) => byte === 0) ? undefined : createHash('sha256').update(block).digest();
}

/** The offsets of the blocks that a disk does not share with the map; `digestAt` gives the disk's own digests. */
export function differingBlocks(
  map: DigestMap,
  digestAt: (offsetBytes: number) => Uint8Array | undefined,
): readonly number[] {
  const offsets = map.digests.map((_, index) => map.offsetBytes + index * map.blockBytes);
  return offsets.filter((offsetBytes, index) => !isSame(map.digests[index], digestAt(offsetBytes)));
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return Buffer.compare(left, right) === 0;
}

function uuidOf(digits: string): string {
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => digits.slice(cuts[index], end))
    .join('-');
}

function notAMap(what: string): LifeboatError {
  return new LifeboatError('BadRequest', `This is not a whole digest map: look at ${what}.`);
}
