import { digestOfBlock } from '../../shared/formats/digest-map';
import type { Range } from '../../shared/model/extent';
import type { Clock } from '../../shared/ports/clock';
import { spread } from '../../shared/service/spread';
import { blockBytes } from '../capture/dirty-bitmap';
import type { BlockDigests } from '../copy/block-digests';
import type { SourceDisk } from '../disk/source-disk';
import { patiently } from './patiently';
import type { ReplicaContent } from './replica-content';

export interface BringOver {
  readonly disk: SourceDisk;
  /** How much of the disk the replica covers. */
  readonly sizeBytes: number;
  readonly digests: BlockDigests;
  readonly content: ReplicaContent;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface BroughtOver {
  readonly comparedBytes: number;
  readonly differingBytes: number;
  /** Blocks that are zeros at the replica are made here, not fetched. */
  readonly receivedBytes: number;
}

/** Compared at once, and the most that is asked for in one request. */
const windowBlocks = 64;
const windowsAtOnce = 4;

interface Window extends Range {
  /** Of each block; undefined for zeros. */
  readonly wanted: readonly (Uint8Array | undefined)[];
}

/**
 * Makes a disk what its replica is: reads all of it, fetches the blocks whose digests differ, and checks what came before
 * it is written. Safe to repeat: what was brought over is equal then.
 */
export async function bringOver(options: BringOver): Promise<BroughtOver> {
  let differingBytes = 0;
  let receivedBytes = 0;
  await spread(windowsOf(options), windowsAtOnce, async (window) => {
    let runs: readonly Run[] = [];
    await options.disk.look(window, (held) => {
      runs = differingRuns(window, held);
    });
    for (const run of runs) {
      differingBytes += run.lengthBytes;
      if (!run.isZero) receivedBytes += run.lengthBytes;
      await options.disk.write(run.offsetBytes, [await bytesOf(options, window, run)]);
    }
  });
  await options.disk.flush();
  return { comparedBytes: options.sizeBytes, differingBytes, receivedBytes };
}

/** One after the other: the digests come in segments, each fetched once. */
async function* windowsOf({ sizeBytes, digests, clock, signal }: BringOver): AsyncGenerator<Window> {
  const windowBytes = windowBlocks * blockBytes;
  for (let offsetBytes = 0; offsetBytes < sizeBytes; offsetBytes += windowBytes) {
    signal.throwIfAborted();
    const lengthBytes = Math.min(windowBytes, sizeBytes - offsetBytes);
    const wanted: (Uint8Array | undefined)[] = [];
    for (let at = 0; at < lengthBytes; at += blockBytes) {
      const block = (offsetBytes + at) / blockBytes;
      wanted.push(await patiently(clock, signal, () => digests.digestOf(block)));
    }
    yield { offsetBytes, lengthBytes, wanted };
  }
}

interface Run extends Range {
  readonly isZero: boolean;
}

/** What differs in a window: neighbours that are to be fetched, or made zeros, together. */
function differingRuns({ offsetBytes, lengthBytes, wanted }: Window, held: Buffer): Run[] {
  const runs: { offsetBytes: number; lengthBytes: number; isZero: boolean }[] = [];
  wanted.forEach((digest, index) => {
    const from = index * blockBytes;
    const block = held.subarray(from, Math.min(from + blockBytes, lengthBytes));
    if (isSame(digestOf(block), digest)) return;
    const last = runs.at(-1);
    const isZero = digest === undefined;
    const at = offsetBytes + from;
    if (last?.isZero === isZero && last.offsetBytes + last.lengthBytes === at)
      last.lengthBytes += block.byteLength;
    else runs.push({ offsetBytes: at, lengthBytes: block.byteLength, isZero });
  });
  return runs;
}

const zeros = Buffer.alloc(blockBytes);

/** The native comparison is far faster than looking at each byte: most of a sparse disk is zeros. */
function digestOf(block: Buffer): Uint8Array | undefined {
  return block.equals(zeros.subarray(0, block.byteLength)) ? undefined : digestOfBlock(block);
}

async function bytesOf({ content, clock, signal }: BringOver, window: Window, run: Run): Promise<Buffer> {
  if (run.isZero) return Buffer.alloc(run.lengthBytes);
  const bytes = await patiently(clock, signal, () => content.read(run, signal));
  for (let at = 0; at < run.lengthBytes; at += blockBytes) {
    const wanted = window.wanted[(run.offsetBytes - window.offsetBytes + at) / blockBytes];
    if (isSame(digestOfBlock(bytes.subarray(at, at + blockBytes)), wanted)) continue;
    throw new Error(`the replica does not hold what its digest says at byte ${run.offsetBytes + at}`);
  }
  return bytes;
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : Buffer.compare(left, right) === 0;
}
