import { blockBytes } from '../capture/dirty-bitmap';
import type { OpenLog } from '../capture/open-log';
import { placeOf } from '../capture/packed-writes';

/** Puts a block of the disk into a log, its zeros as a range. Its bytes belong to the log from now on. */
export function appendBlock(log: OpenLog, block: number, bytes: Buffer, timeInMs: number): void {
  const range = { offsetBytes: block * blockBytes, lengthBytes: bytes.byteLength };
  log.append(range, isZero(bytes) ? undefined : placeOf(bytes), timeInMs);
}

const zeroBlock = Buffer.alloc(blockBytes);

export function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeroBlock.subarray(0, bytes.byteLength));
}
