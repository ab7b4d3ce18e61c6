import type { Extent } from '../../shared/model/extent';
import { blockBytes } from '../capture/dirty-bitmap';

/** A block of the disk as an extent, its zeros as a range. */
export function blockExtent(block: number, bytes: Buffer): Extent {
  const range = { offsetBytes: block * blockBytes, lengthBytes: bytes.byteLength };
  return isZero(bytes) ? { kind: 'zero', ...range } : { kind: 'data', ...range, data: bytes };
}

const zeroBlock = Buffer.alloc(blockBytes);

export function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeroBlock.subarray(0, bytes.byteLength));
}
