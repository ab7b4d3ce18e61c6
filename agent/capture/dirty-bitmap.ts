import * as fs from 'node:fs';
import type { Range } from '../../shared/model/extent';

/** One bit stands for this much of the disk. */
export const blockBytes = 64 * 1024;

/**
 * Which blocks of a disk something must still be done about, kept in a file so that it survives the death of the
 * agent. A bit is in the file before `mark` returns. It does not survive a power cut: the agent compares the whole disk then.
 */
export class DirtyBitmap {
  readonly #file: number;
  readonly #bits: Uint8Array;
  #count = 0;

  constructor(path: string, diskSizeBytes: number) {
    this.#file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    this.#bits = new Uint8Array(Math.ceil(Math.ceil(diskSizeBytes / blockBytes) / 8));
    fs.readSync(this.#file, this.#bits, 0, this.#bits.byteLength, 0);
    for (const byte of this.#bits) this.#count += bitsIn(byte);
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
    if (isNew) this.#save(first >> 3, last >> 3);
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
    for (const block of other.marked()) this.#set(block);
    this.#save(0, this.#bits.byteLength - 1);
  }

  clear(): void {
    if (this.#count === 0) return;
    this.#bits.fill(0);
    this.#count = 0;
    fs.ftruncateSync(this.#file, 0);
  }

  /** The marked blocks from this one on, in order. */
  *marked(fromBlock = 0): Generator<number> {
    for (let index = fromBlock >> 3; index < this.#bits.byteLength; index++) {
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
    fs.fsyncSync(this.#file);
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #set(block: number): boolean {
    const index = block >> 3;
    const byte = this.#bits[index] ?? 0;
    const marked = byte | (1 << (block & 7));
    if (marked === byte) return false;
    this.#bits[index] = marked;
    this.#count++;
    return true;
  }

  #save(firstByte: number, lastByte: number): void {
    fs.writeSync(this.#file, this.#bits, firstByte, lastByte - firstByte + 1, firstByte);
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
