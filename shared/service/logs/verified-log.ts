import { isRefusal, LifeboatError, type ErrorCode } from '../../errors';
import { readChangeLog } from '../../formats/change-log/read-change-log';
import { verifyChangeLog } from '../../formats/change-log/verify-change-log';
import type { LogHeader } from '../../model/change-log';
import type { Extent } from '../../model/extent';
import type { Position } from '../../model/position';
import type { ExtentSource } from '../apply-extents';
import type { LogMemory } from './log-memory';

/** A change log of which every byte has been checked, and whose place is the one it was looked for in. */
export interface VerifiedLog extends ExtentSource {
  readonly header: LogHeader;
  readonly digest: string;
  /** The bytes once more, for the journal. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** Where a log must belong. */
export interface LogPlace {
  readonly replicaId: string;
  readonly position: Position;
  /** The digest of the log before it; undefined where that is not to be asked. */
  readonly previousDigest?: string;
  /** The disk's own size: what lies beyond it is nobody's to write. */
  readonly diskSizeBytes: number;
}

export interface LogBytes {
  readonly sizeBytes: number;
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** What can be wrong with a log itself, rather than with the way to it. */
const faults: readonly ErrorCode[] = [
  'LogTorn',
  'LogTruncated',
  'LogOversized',
  'LogCorrupt',
  'LogOutOfRange',
  'LogUnaligned',
  'LogUnknownVersion',
  'LogForeignEpoch',
  'LogReordered',
  'LogReplayed',
  'LogBrokenChain',
];

export function isLogFault(error: unknown): error is LifeboatError {
  return isRefusal(error, ...faults);
}

/**
 * Checks a whole log before a byte of it is used: digests, bounds, place. A small one is kept in memory, decoded if that
 * fits as well; of a larger one the digests of its frames are, so that a second reading that meets other bytes stops
 * before it writes them.
 */
export async function verifyLog(bytes: LogBytes, place: LogPlace, memory: LogMemory): Promise<VerifiedLog> {
  const isSmall = bytes.sizeBytes <= memory.limitBytes;
  const log = await (isSmall ? inMemory(bytes, memory) : inTwoPasses(bytes));
  expectPlace(log.header, place);
  return log;
}

async function inMemory(bytes: LogBytes, { limitBytes, room }: LogMemory): Promise<VerifiedLog> {
  const whole = await wholeOf(bytes, room(bytes.sizeBytes));
  const reader = await readChangeLog(each([whole]));
  const kept = new KeptFrames(whole, limitBytes);
  for await (const frame of reader.frames()) kept.push(frame);
  const { frames } = kept;
  return {
    header: reader.header,
    digest: reader.digest,
    isSorted: reader.isSorted,
    frames: () => (frames === undefined ? framesOf(whole) : each(frames)),
    chunks: () => each([whole]),
  };
}

/** About what one extent takes beside its data. */
const extentBytes = 128;

/** Decoded frames for as long as they fit beside the log they are of. A few bytes of it can stand for very many. */
class KeptFrames {
  #frames: (readonly Extent[])[] | undefined = [];
  #heldBytes: number;

  constructor(
    private readonly whole: Uint8Array,
    private readonly limitBytes: number,
  ) {
    this.#heldBytes = whole.length;
  }

  /** Undefined when they did not fit. */
  get frames(): readonly (readonly Extent[])[] | undefined {
    return this.#frames;
  }

  push(frame: readonly Extent[]): void {
    if (this.#frames === undefined) return;
    for (const extent of frame) {
      const isView = extent.kind === 'zero' || extent.data.buffer === this.whole.buffer;
      this.#heldBytes += extentBytes + (isView ? 0 : extent.lengthBytes);
    }
    this.#frames.push(frame);
    if (this.#heldBytes > this.limitBytes) this.#frames = undefined;
  }
}

async function wholeOf({ sizeBytes, read }: LogBytes, whole: Uint8Array): Promise<Uint8Array> {
  let filledBytes = 0;
  for await (const chunk of read()) {
    if (filledBytes + chunk.length > sizeBytes) {
      throw new LifeboatError('LogCorrupt', `The log is longer than the ${sizeBytes} bytes the cache said.`);
    }
    whole.set(chunk, filledBytes);
    filledBytes += chunk.length;
  }
  return whole.subarray(0, filledBytes);
}

async function inTwoPasses({ read }: LogBytes): Promise<VerifiedLog> {
  const verified = await verifyChangeLog(read());
  return {
    header: verified.header,
    digest: verified.digest,
    isSorted: verified.isSorted,
    frames: () => framesAgain(read(), verified),
    chunks: () => chunksAgain(read(), verified),
  };
}

/** The bytes once more, and a refusal before their end if they are not those that were verified. */
async function* chunksAgain(
  chunks: AsyncIterable<Uint8Array>,
  verified: { readonly digest: string; readonly frameDigests: readonly string[] },
): AsyncGenerator<Uint8Array> {
  const passed: Uint8Array[] = [];
  const reader = await readChangeLog(keeping(chunks, passed), { verified, isPassing: true });
  const frames = reader.frames();
  try {
    while ((await frames.next()).done !== true) yield* passed.splice(0);
    yield* passed.splice(0);
  } finally {
    await frames.return(undefined);
  }
}

async function* keeping(chunks: AsyncIterable<Uint8Array>, passed: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    passed.push(chunk);
    yield chunk;
  }
}

async function* framesAgain(
  chunks: AsyncIterable<Uint8Array>,
  verified: { readonly digest: string; readonly frameDigests: readonly string[] },
): AsyncGenerator<readonly Extent[]> {
  yield* (await readChangeLog(chunks, { verified })).frames();
}

async function* framesOf(whole: Uint8Array): AsyncGenerator<readonly Extent[]> {
  yield* (await readChangeLog(each([whole]))).frames();
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function expectPlace(
  header: LogHeader,
  { replicaId, position, previousDigest, diskSizeBytes }: LogPlace,
): void {
  const { epoch, sequence } = position;
  if (header.replicaId !== replicaId || header.epoch !== epoch) {
    throw new LifeboatError(
      'LogForeignEpoch',
      `The log belongs to epoch ${header.epoch} of ${header.replicaId}.`,
    );
  }
  if (header.sequence > sequence) {
    throw new LifeboatError('LogReordered', `Log ${header.sequence} was put in the place of ${sequence}.`);
  }
  if (header.sequence < sequence) {
    throw new LifeboatError('LogReplayed', `Log ${header.sequence} was put in the place of ${sequence}.`);
  }
  if (header.diskSizeBytes > diskSizeBytes) {
    throw new LifeboatError('LogOutOfRange', `The log is of a disk of ${header.diskSizeBytes} bytes.`);
  }
  if (previousDigest !== undefined && header.previousDigest !== previousDigest) {
    throw new LifeboatError('LogBrokenChain', `Log ${sequence} does not follow the log before it.`);
  }
}
