import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { present } from '../../assert';
import { LifeboatError } from '../../errors';
import type { LogHeader } from '../../model/change-log';
import { endOf, type Extent } from '../../model/extent';
import { ByteSource } from './byte-source';
import { uncompressBody } from './codec';
import { decodeFrameHeader } from './frame-header';
import { decodeHeader } from './header';
import {
  frameDataLimitBytes,
  frameHeaderBytes,
  headerBytes,
  magic,
  recordBytes,
  trailerBytes,
} from './layout';
import { expectWithinLimits } from './limits';
import { decodeMarker } from './marker';
import { decodeRecords } from './records';
import { expectTrailer, type Trailer } from './trailer';

export interface ReadOptions {
  /** What an earlier whole pass found: the log so far must match it before a frame is handed out. */
  readonly verified?: { readonly digest: string; readonly frameDigests: readonly string[] };
  /** Hears, as each frame is read, the digest of the log up to its end. */
  readonly onFrameDigest?: (digest: string) => void;
  /** Of each frame the data last only until the next is read: for who keeps none of them. */
  readonly isPassing?: boolean;
}

/**
 * A change log while it is read. Frames are checked before they are handed out; that the log is whole is known only
 * once `frames` has ended without throwing.
 */
export class ChangeLogReader {
  #trailer: Trailer | undefined;
  readonly #scratch: Buffer | undefined;

  constructor(
    readonly header: LogHeader,
    /** The extents ascend and do not overlap. Checked while they are read. */
    readonly isSorted: boolean,
    private readonly source: ByteSource,
    private readonly options: { readonly hash: ReturnType<typeof createHash> } & ReadOptions,
  ) {
    this.#scratch = options.isPassing === true ? Buffer.allocUnsafe(frameDataLimitBytes) : undefined;
  }

  /** The log's digest: known once all frames have been read. */
  get digest(): string {
    return present(this.#trailer, 'the end of the change log').digest;
  }

  /** The extents, a frame at a time, in the order they were written. To be read once. */
  async *frames(): AsyncGenerator<readonly Extent[]> {
    try {
      yield* this.#frames();
    } finally {
      await this.source.close();
    }
  }

  async *#frames(): AsyncGenerator<readonly Extent[]> {
    const { hash } = this.options;
    const counts = { frameCount: 0, recordCount: 0, dataBytes: 0 };
    let reachedBytes = 0;
    for (;;) {
      const head = await this.source.take(frameHeaderBytes);
      if (head.toString('latin1', 0, 4) !== magic.frame) {
        const trailer = { ...counts, digest: hash.digest('hex') };
        await this.#end(head, trailer);
        return;
      }
      const extents = await this.#frame(head, counts.frameCount);
      counts.frameCount += 1;
      counts.recordCount += extents.length;
      for (const extent of extents) {
        if (extent.kind === 'data') counts.dataBytes += extent.lengthBytes;
        if (this.isSorted && extent.offsetBytes < reachedBytes) {
          throw new LifeboatError('LogCorrupt', 'The change log says it is sorted and is not.');
        }
        reachedBytes = endOf(extent);
      }
      expectWithinLimits(counts, this.isSorted);
      yield extents;
    }
  }

  async #frame(head: Buffer, index: number): Promise<readonly Extent[]> {
    const frame = decodeFrameHeader(head);
    const table = await this.source.take(frame.recordCount * recordBytes);
    const body = await this.source.take(frame.bodyBytes, this.#scratch);
    for (const part of [head, table, body]) this.options.hash.update(part);
    const { verified } = this.options;
    if (verified !== undefined) this.#expectSame(verified.frameDigests[index], index);
    else if (crc32(body, crc32(table)) !== frame.contentChecksum) {
      throw new LifeboatError('LogTorn', `Frame ${index} of the change log does not match its checksum.`);
    }
    this.options.onFrameDigest?.(this.#digestSoFar());
    const data = frame.codec === 'none' ? body : uncompressBody(body, frame.dataBytes);
    return decodeRecords(table, data, this.header.diskSizeBytes);
  }

  #expectSame(digest: string | undefined, index: number): void {
    if (digest === this.#digestSoFar()) return;
    throw new LifeboatError('LogTorn', `Frame ${index} of the change log is not the one that was verified.`);
  }

  #digestSoFar(): string {
    return this.options.hash.copy().digest('hex');
  }

  async #end(head: Buffer, trailer: Trailer): Promise<void> {
    const rest = await this.source.take(trailerBytes - frameHeaderBytes);
    expectTrailer(Buffer.concat([head, rest]), trailer);
    const { verified } = this.options;
    if (verified !== undefined && verified.digest !== trailer.digest) {
      throw new LifeboatError('LogTorn', 'The change log is not the one that was verified.');
    }
    if (!(await this.source.isAtEnd())) {
      throw new LifeboatError('LogCorrupt', 'The change log goes on after its trailer.');
    }
    this.#trailer = trailer;
  }
}

/** Reads the header (and the marker) of a change log; the frames follow on demand, in bounded memory. */
export async function readChangeLog(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<ChangeLogReader> {
  const source = new ByteSource(chunks);
  try {
    const hash = createHash('sha256');
    const fixed = await source.take(headerBytes);
    const { header, isSorted, markerBytes } = decodeHeader(fixed);
    const marker = await source.take(markerBytes);
    hash.update(fixed).update(marker);
    const whole = markerBytes === 0 ? header : { ...header, marker: decodeMarker(marker) };
    return new ChangeLogReader(whole, isSorted, source, { ...options, hash });
  } catch (error) {
    await source.close();
    throw error;
  }
}
