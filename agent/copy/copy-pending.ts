import { createHash } from 'node:crypto';
import type { Extent } from '../../shared/model/extent';
import type { Clock } from '../../shared/ports/clock';
import { blockBytes } from '../capture/dirty-bitmap';
import type { ProtectedDisk } from '../replica/protected-disk';
import type { BlockDigests } from './block-digests';

export interface CopyPendingOptions {
  readonly disk: ProtectedDisk;
  /** Present while resyncing: a block equal to the replica's is not sent. */
  readonly digests?: BlockDigests | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Copies while this says so. */
  readonly mayCopy: () => boolean;
  /** Seal once the open log holds this much, so that what is copied becomes safe. */
  readonly sealAtBytes: number;
}

/** Read at once: large enough for the disk, small enough that a guest's write does not wait long. */
const runBlocks = 16;

/**
 * Puts every pending block into the stream: the whole disk at first, only what is in doubt after a crash, only what
 * differs while resyncing. A block stays pending until the log that holds it is sealed, so it can stop at any moment.
 * Returns once nothing is pending, or when it may not go on.
 */
export async function copyPending(options: CopyPendingOptions): Promise<void> {
  const { disk, signal, mayCopy, sealAtBytes } = options;
  let cursor = 0;
  while (!signal.aborted && mayCopy() && disk.pending.count > 0) {
    const run = nextRun(disk, cursor);
    if (run === undefined) {
      // Everything was looked at once; what is still pending waits for its seal, or was written to meanwhile.
      await disk.seal();
      cursor = 0;
      if (!disk.hasSpoolRoom) return;
      continue;
    }
    await copyRun(options, run);
    cursor = run.at(-1) === undefined ? 0 : (run.at(-1) ?? 0) + 1;
    if (disk.capture.openLog.dataBytes >= sealAtBytes && !(await disk.seal())) return;
  }
}

/** The next pending blocks that follow one another. */
function nextRun(disk: ProtectedDisk, fromBlock: number): readonly number[] | undefined {
  const run: number[] = [];
  for (const block of disk.pending.marked(fromBlock)) {
    const previous = run.at(-1);
    if (previous !== undefined && block !== previous + 1) break;
    run.push(block);
    if (run.length === runBlocks) break;
  }
  return run.length === 0 ? undefined : run;
}

async function copyRun({ disk, digests }: CopyPendingOptions, run: readonly number[]): Promise<void> {
  const first = run[0] ?? 0;
  const isSame = digests === undefined ? () => false : await comparison(digests, run);
  const offsetBytes = first * blockBytes;
  const lengthBytes = Math.min(run.length * blockBytes, disk.sizeBytes - offsetBytes);
  await disk.capture.copy({ offsetBytes, lengthBytes }, (data, log, timeInMs) => {
    run.forEach((block, index) => {
      const bytes = data.subarray(index * blockBytes, (index + 1) * blockBytes);
      if (!isSame(index, bytes)) log.append(extentOf(block, bytes), timeInMs);
      log.noteCopied(block);
    });
  });
}

function extentOf(block: number, bytes: Buffer): Extent {
  const range = { offsetBytes: block * blockBytes, lengthBytes: bytes.byteLength };
  return isZero(bytes) ? { kind: 'zero', ...range } : { kind: 'data', ...range, data: bytes };
}

const zeroBlock = Buffer.alloc(blockBytes);

function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeroBlock.subarray(0, bytes.byteLength));
}

/** Tells of each block of the run whether the replica's base holds the same bytes. */
async function comparison(
  digests: BlockDigests,
  run: readonly number[],
): Promise<(index: number, bytes: Buffer) => boolean> {
  const known: (Uint8Array | undefined)[] = [];
  for (const block of run) known.push(await digests.digestOf(block));
  return (index, bytes) => {
    const digest = known[index];
    if (digest === undefined) return isZero(bytes);
    return createHash('sha256').update(bytes).digest().equals(digest);
  };
}
