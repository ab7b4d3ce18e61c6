import { assert } from '../../shared/assert';
import type { Range } from '../../shared/model/extent';
import type { Clock } from '../../shared/ports/clock';
import type { SourceDisk } from '../disk/source-disk';
import type { BlockDevice } from '../nbd/block-device';
import { blocksOf, type DirtyBitmap } from './dirty-bitmap';
import { OpenLog } from './open-log';
import type { Place } from './packed-writes';
import { RangeLocks } from './range-locks';
import { slabBytes, SlabMemory } from './slab-memory';
import { Slabs } from './slabs';

export interface DiskCaptureOptions {
  readonly disk: SourceDisk;
  readonly clock: Clock;
  /** Where the bytes of logs are kept, if not in memory of its own. */
  readonly memory?: SlabMemory | undefined;
  /** Blocks of the open log, blocks of the log being sealed, and blocks that must be copied (again) from the disk. */
  readonly bitmaps: {
    readonly open: DirtyBitmap;
    readonly sealing: DirtyBitmap;
    readonly pending: DirtyBitmap;
  };
  /** Beyond this much data in the open log its blocks are only marked, and copied later. */
  readonly openLogLimitBytes: number;
  /** The open log is to be sealed once it holds this much. */
  readonly sealAtBytes: number;
  readonly onSealDue: () => void;
}

/** Up to here the thread pool costs more than it gives. */
const immediateLimitBytes = 128 * 1024;

/**
 * One disk with its writes captured: the disk first, then the open change log. Before the disk is touched the
 * block is marked in a file, so that after the death of the agent every block that may differ from what was sent is known.
 */
export class DiskCapture implements BlockDevice {
  readonly #options: DiskCaptureOptions;
  readonly #locks = new RangeLocks();
  readonly #memory: SlabMemory;
  #slabs: Slabs;
  #openLog = new OpenLog();
  #isCapturing = false;
  #sealing: OpenLog | undefined;
  #held: Promise<void> | undefined;
  #letGo: (() => void) | undefined;
  #isKeptOut = false;
  /** The machine runs elsewhere. */
  isFenced = false;
  /** Bytes that guests have written since the capture was made. */
  churnBytes = 0;

  constructor(options: DiskCaptureOptions) {
    this.#options = options;
    this.#memory = options.memory ?? new SlabMemory();
    this.#slabs = new Slabs(this.#memory);
  }

  get sizeBytes(): number {
    return this.#options.disk.sizeBytes;
  }

  get openLog(): OpenLog {
    return this.#openLog;
  }

  get isReadOnly(): boolean {
    return this.isFenced || this.#isKeptOut;
  }

  /** No write of a guest begins from now on, and none is under way once this resolves, until it is released. */
  async keepGuestsOut(): Promise<() => void> {
    this.#isKeptOut = true;
    // Writes that were let in before wait for the hold to end.
    while (this.#held !== undefined) await this.#held;
    await this.#locks.idle();
    return () => {
      this.#isKeptOut = false;
    };
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** From here on writes go to the log. Whatever was written before is the copier's. */
  startCapturing(): void {
    this.#isCapturing = true;
  }

  /** Nothing is logged or marked any more: nobody wants this disk. */
  stopCapturing(): void {
    this.#isCapturing = false;
    this.#openLog = new OpenLog();
    this.#options.bitmaps.open.clear();
  }

  read(offsetBytes: number, lengthBytes: number): Buffer | Promise<Buffer> {
    const { disk } = this.#options;
    return lengthBytes <= immediateLimitBytes
      ? disk.readNow(offsetBytes, lengthBytes)
      : disk.read(offsetBytes, lengthBytes);
  }

  write(offsetBytes: number, parts: readonly Buffer[], lengthBytes: number): void | Promise<void> {
    const range = { offsetBytes, lengthBytes };
    const isImmediate =
      lengthBytes <= immediateLimitBytes && this.#held === undefined && this.#locks.isFree(range);
    if (!isImmediate) return this.#writeLater(range, parts);
    this.#mark(range);
    try {
      this.#options.disk.writeNow(offsetBytes, parts);
    } catch (error) {
      this.#doubt(range);
      throw error;
    }
    this.#log(range, parts);
  }

  async zero(offsetBytes: number, lengthBytes: number): Promise<void> {
    const range = { offsetBytes, lengthBytes };
    await this.#underLock(range, async () => {
      for (let done = 0; done < lengthBytes; done += zeros.byteLength) {
        const length = Math.min(zeros.byteLength, lengthBytes - done);
        await this.#options.disk.write(offsetBytes + done, [zeros.subarray(0, length)]);
      }
      this.#append(range, undefined);
    });
  }

  flush(): Promise<void> {
    return this.#options.disk.flush();
  }

  /** Lets no write begin and waits for those under way: the disk stands between writes until `release`. */
  async hold(): Promise<void> {
    assert(this.#held === undefined, 'a disk is held twice');
    this.#held = new Promise((resolve) => {
      this.#letGo = resolve;
    });
    await this.#locks.idle();
  }

  release(): void {
    this.#held = undefined;
    this.#letGo?.();
  }

  /**
   * Reads a run of the disk, a slab at most, and lets `take` put it, or nothing, into the open log, with no write of a guest
   * in between. `take` says whether the log holds any of it now.
   */
  async copy(range: Range, take: (data: Buffer, log: OpenLog, timeInMs: number) => boolean): Promise<void> {
    const { offsetBytes, lengthBytes } = range;
    assert(lengthBytes <= slabBytes, 'more is copied at once than a slab holds');
    const lock = await this.#locks.acquire(range);
    const slab = this.#memory.take();
    try {
      const into = Buffer.from(slab, 0, lengthBytes);
      const data = await this.#options.disk.read(offsetBytes, lengthBytes, into);
      // Whatever fails half way may have left a part of it in the log: that slab is not used again.
      if (!take(data, this.#openLog, this.#options.clock.now())) this.#memory.give([slab]);
    } finally {
      lock.release();
    }
  }

  /** Cuts the open log off for sealing. One at a time: `sealed` or `sealFailed` must follow. */
  cut(): OpenLog {
    assert(this.#sealing === undefined, 'a log is cut while another is being sealed');
    const { open, sealing } = this.#options.bitmaps;
    sealing.include(open);
    open.clear();
    this.#sealing = this.#openLog;
    this.#openLog = new OpenLog();
    // The memory of the log goes with it.
    this.#slabs = new Slabs(this.#memory);
    return this.#sealing;
  }

  /** The log is in the spool for good: its blocks are no longer in doubt, and what was copied in it is done. */
  sealed(log: OpenLog): void {
    const { sealing, pending } = this.#options.bitmaps;
    pending.unmark(log.copiedBlocks);
    sealing.clear();
    this.#sealing = undefined;
  }

  /** The log could not be kept: its blocks are copied from the disk again. */
  sealFailed(): void {
    const { sealing, pending } = this.#options.bitmaps;
    pending.include(sealing);
    sealing.clear();
    this.#sealing = undefined;
  }

  async #writeLater(range: Range, parts: readonly Buffer[]): Promise<void> {
    await this.#underLock(range, async () => {
      await this.#options.disk.write(range.offsetBytes, parts);
      this.#log(range, parts);
    });
  }

  async #underLock(range: Range, write: () => Promise<void>): Promise<void> {
    for (;;) {
      while (this.#held !== undefined) await this.#held;
      const lock = await this.#locks.acquire(range);
      // The disk may have been taken hold of while the lock was waited for.
      if (this.#held !== undefined) {
        lock.release();
        continue;
      }
      this.#mark(range);
      try {
        return await write();
      } catch (error) {
        this.#doubt(range);
        throw error;
      } finally {
        lock.release();
      }
    }
  }

  #mark(range: Range): void {
    if (this.#isCapturing) this.#options.bitmaps.open.mark(range);
  }

  #log(range: Range, parts: readonly Buffer[]): void {
    if (!this.#isCapturing) return;
    // The parts are views of what the socket received; the log outlives that.
    this.#append(range, this.#slabs.copy(parts, range.lengthBytes));
  }

  #append(range: Range, place: Place | undefined): void {
    if (!this.#isCapturing) return;
    this.churnBytes += range.lengthBytes;
    const { openLogLimitBytes, clock } = this.#options;
    const isFull = place !== undefined && this.#openLog.dataBytes + range.lengthBytes > openLogLimitBytes;
    if (isFull) this.#doubt(range);
    else this.#openLog.append(range, place, clock.now());
    if (this.#openLog.dataBytes >= this.#options.sealAtBytes) this.#options.onSealDue();
  }

  /** The log does not say what the disk holds here: these blocks are copied (again), even if a copy is on its way. */
  #doubt(range: Range): void {
    if (!this.#isCapturing) return;
    this.#options.bitmaps.pending.mark(range);
    const { first, last } = blocksOf(range);
    for (let block = first; block <= last; block++) {
      this.#openLog.noteOutdated(block);
      this.#sealing?.noteOutdated(block);
    }
  }
}

const zeros = Buffer.alloc(1024 * 1024);
