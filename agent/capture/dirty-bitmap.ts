import type { Range } from '../../shared/model/extent';
import type { BitmapFile } from './bitmap-file';

/** One bit stands for this much of the disk. */
export const blockBytes = 64 * 1024;

/**
 * Which blocks of a disk something must still be done about, kept in a file so that it survives the death of the
 * agent. A bit is in the file before `mark` returns, or `onUnsaved` was told why it is not: the bit is kept in memory then,
 * and nobody may trust the file until `catchUp`. It does not survive a power cut: the agent compares the whole disk then.
 */
export class DirtyBitmap {
  readonly #file: BitmapFile;
  readonly #bits: Uint8Array;
  readonly #onUnsaved: (error: unknown) => void;
  #count = 0;
  /** No byte outside of these holds a mark. */
  #lowest = Infinity;
  #highest = -1;
  /** The file does not say what the bits say. */
  #isBehind = false;

  constructor(file: BitmapFile, diskSizeBytes: number, onUnsaved: (error: unknown) => void) {
    this.#file = file;
    this.#onUnsaved = onUnsaved;
    this.#bits = new Uint8Array(Math.ceil(Math.ceil(diskSizeBytes / blockBytes) / 8));
    file.read(this.#bits);
    this.#bits.forEach((byte, index) => {
      this.#count += bitsIn(byte);
      if (byte !== 0) this.#touch(index);
    });
    // It takes all its room now, so that a full file system does not stand in the way of a mark.
    this.#save(0, this.#bits.byteLength - 1);
  }

  /** How many blocks are marked. */
  get count(): number {
    return this.#count;
  }

  has(block: number): boolean {
    return ((this.#bits[block >> 3] ?? 0) & (1 << (block & 7))) !== 0;
  }

  /** Marks every block the range touches. */
  mark(range: Range): void {
    const { first, last } = blocksOf(range);
    let isNew = false;
    for (let block = first; block <= last; block++) isNew = this.#set(block) || isNew;
    if (isNew || this.#isBehind) this.#saveMarks(first >> 3, last >> 3);
  }

  /** Unmarks these blocks: what had to be done about them is done, and cannot be lost any more. */
  unmark(blocks: Iterable<number>): void {
    let lowest = Infinity;
    let highest = -1;
    for (const block of blocks) {
      if (!this.has(block)) continue;
      const index = block >> 3;
      this.#bits[index] = (this.#bits[index] ?? 0) & ~(1 << (block & 7));
      this.#count--;
      lowest = Math.min(lowest, index);
      highest = Math.max(highest, index);
    }
    if (highest >= 0) this.#save(lowest, highest);
  }

  /** Marks everything that the other one marks. */
  include(other: DirtyBitmap): void {
    if (other.count === 0) return;
    for (const block of other.marked()) this.#set(block);
    this.#saveMarks(other.#lowest, other.#highest);
  }

  clear(): void {
    if (this.#count === 0) return;
    const [lowest, highest] = [this.#lowest, this.#highest];
    this.#bits.fill(0, lowest, highest + 1);
    this.#count = 0;
    this.#lowest = Infinity;
    this.#highest = -1;
    this.#save(lowest, highest);
  }

  /** The marked blocks from this one on, in order. */
  *marked(fromBlock = 0): Generator<number> {
    for (let index = Math.max(fromBlock >> 3, this.#lowest); index <= this.#highest; index++) {
      const byte = this.#bits[index] ?? 0;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        const block = index * 8 + bit;
        if (block >= fromBlock && (byte & (1 << bit)) !== 0) yield block;
      }
    }
  }

  /** From here on it survives a power cut too, until something is marked. */
  flush(): void {
    this.catchUp();
    this.#file.flush();
  }

  /** Throws unless the file says what the bits say. */
  catchUp(): void {
    const error = this.#isBehind ? this.#save(0, this.#bits.byteLength - 1) : undefined;
    if (error !== undefined) throw error;
  }

  close(): void {
    this.#file.close();
  }

  #set(block: number): boolean {
    const index = block >> 3;
    const byte = this.#bits[index] ?? 0;
    const marked = byte | (1 << (block & 7));
    if (marked === byte) return false;
    this.#bits[index] = marked;
    this.#count++;
    this.#touch(index);
    return true;
  }

  #touch(index: number): void {
    this.#lowest = Math.min(this.#lowest, index);
    this.#highest = Math.max(this.#highest, index);
  }

  #saveMarks(firstByte: number, lastByte: number): void {
    const error = this.#save(firstByte, lastByte);
    if (error !== undefined) this.#onUnsaved(error);
  }

  /** Why it could not be saved, if it could not. A mark too many in the file is harmless: only a mark too few is told. */
  #save(firstByte: number, lastByte: number): Error | undefined {
    const [first, last] = this.#isBehind ? [0, this.#bits.byteLength - 1] : [firstByte, lastByte];
    try {
      this.#file.write(this.#bits, first, last + 1);
      this.#isBehind = false;
      return undefined;
    } catch (error) {
      this.#isBehind = true;
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** The first and the last block that a range touches. */
export function blocksOf({ offsetBytes, lengthBytes }: Range): {
  readonly first: number;
  readonly last: number;
} {
  const last = Math.floor((offsetBytes + lengthBytes - 1) / blockBytes);
  return { first: Math.floor(offsetBytes / blockBytes), last };
}

function bitsIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
