import { createHash } from 'node:crypto';
import type { BlockDigests } from './block-digests';
import { isZero } from './append-block';

/** Tells of each block of a run whether the replica's base holds the same bytes. */
export type Comparison = (index: number, bytes: Buffer) => boolean;

export async function compareBlocks(digests: BlockDigests, run: readonly number[]): Promise<Comparison> {
  const known: (Uint8Array | undefined)[] = [];
  for (const block of run) known.push(await digests.digestOf(block));
  return (index, bytes) => {
    const digest = known[index];
    if (digest === undefined) return isZero(bytes);
    return createHash('sha256').update(bytes).digest().equals(digest);
  };
}
