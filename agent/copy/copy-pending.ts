import type { Clock } from '../../shared/ports/clock';
import { blockBytes } from '../capture/dirty-bitmap';
import type { OpenLog } from '../capture/open-log';
import type { ProtectedDisk } from '../replica/protected-disk';
import { appendBlock } from './append-block';
import type { BlockDigests } from './block-digests';
import { compareBlocks } from './compare-blocks';

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
  /** A block is in the log, or was found to be there already. */
  readonly onCopied?: ((log: OpenLog, copied: { block: number; bytes: Buffer }) => void) | undefined;
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
  // One log is sealed while the next is read.
  let sealing: Promise<unknown> = Promise.resolve();
  try {
    while (!signal.aborted && mayCopy() && disk.pending.count > 0) {
      const run = nextRun(disk, cursor);
      if (run === undefined) {
        // Everything was looked at once; what is still pending waits for its seal, or was written to meanwhile.
        await sealing;
        await disk.seal();
        cursor = 0;
        if (!disk.hasSpoolRoom) return;
        continue;
      }
      await copyRun(options, run);
      cursor = run.at(-1) === undefined ? 0 : (run.at(-1) ?? 0) + 1;
      if (disk.capture.openLog.dataBytes < sealAtBytes) continue;
      await sealing;
      sealing = disk.seal();
      // Who waits for it hears of a failure; nobody does while the next is read.
      sealing.catch(() => undefined);
    }
  } finally {
    await sealing;
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

async function copyRun(
  { disk, digests, mayCopy, onCopied }: CopyPendingOptions,
  run: readonly number[],
): Promise<void> {
  const first = run[0] ?? 0;
  const isSame = digests === undefined ? () => false : await compareBlocks(digests, run);
  const offsetBytes = first * blockBytes;
  const lengthBytes = Math.min(run.length * blockBytes, disk.sizeBytes - offsetBytes);
  await disk.capture.copy({ offsetBytes, lengthBytes }, (data, log, timeInMs) => {
    // Another epoch may have begun meanwhile, with another base: what equals the one before says nothing about it.
    if (!mayCopy()) return false;
    const dataBytes = log.dataBytes;
    run.forEach((block, index) => {
      const bytes = data.subarray(index * blockBytes, (index + 1) * blockBytes);
      if (!isSame(index, bytes)) appendBlock(log, block, bytes, timeInMs);
      log.noteCopied(block);
      onCopied?.(log, { block, bytes });
    });
    return log.dataBytes > dataBytes;
  });
}
