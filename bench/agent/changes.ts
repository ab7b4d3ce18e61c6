import { randomBytes } from 'node:crypto';
import type { NbdClient } from '../support/nbd-client';

const poolBytes = 8 * 1024 * 1024;
const pool = randomBytes(poolBytes + 1024 * 1024);
let poolAt = 0;

/** Bytes that do not compress, without making them each time. */
export function freshBytes(lengthBytes: number): Buffer {
  poolAt = (poolAt + 4099) % poolBytes;
  return pool.subarray(poolAt, poolAt + lengthBytes);
}

export interface Change {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** A share of a disk's blocks, chosen by the same chance each time, none twice. */
export function changedBlocks(diskBytes: number, blockBytes: number, share: number): readonly Change[] {
  const blocks = diskBytes / blockBytes;
  const chosen = new Set<number>();
  for (let state = 7; chosen.size < blocks * share;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    chosen.add(Math.floor((state / 2 ** 32) * blocks));
  }
  return [...chosen].map((block) => ({ offsetBytes: block * blockBytes, lengthBytes: blockBytes }));
}

/** Writes through the splitter as a guest does, several at once. */
export async function writeChanges(guest: NbdClient, changes: readonly Change[], atOnce = 16): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const change = changes[next++];
      if (change === undefined) return;
      await guest.write(change.offsetBytes, freshBytes(change.lengthBytes));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, write));
}
