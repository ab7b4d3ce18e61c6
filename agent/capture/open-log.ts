import type { Range } from '../../shared/model/extent';
import { type PackedWrites, type Place, WritePacker } from './packed-writes';

/** The writes since the last seal, in the order they reached the disk. */
export class OpenLog {
  readonly #packer = new WritePacker();
  readonly #copiedBlocks = new Set<number>();
  #dataBytes = 0;
  #firstWriteTimeInMs: number | undefined;
  #lastWriteTimeInMs = 0;

  get writes(): PackedWrites {
    return this.#packer.writes;
  }

  /** Blocks whose whole content is in this log because a copier put it there. */
  get copiedBlocks(): ReadonlySet<number> {
    return this.#copiedBlocks;
  }

  get dataBytes(): number {
    return this.#dataBytes;
  }

  get isEmpty(): boolean {
    return this.#packer.count === 0 && this.#copiedBlocks.size === 0;
  }

  get firstWriteTimeInMs(): number | undefined {
    return this.#firstWriteTimeInMs;
  }

  get lastWriteTimeInMs(): number {
    return this.#lastWriteTimeInMs;
  }

  /** A write of zeros has no place; other bytes belong to the log from now on. */
  append(range: Range, place: Place | undefined, timeInMs: number): void {
    this.#packer.add(range, place);
    if (place !== undefined) this.#dataBytes += range.lengthBytes;
    this.#firstWriteTimeInMs ??= timeInMs;
    this.#lastWriteTimeInMs = Math.max(this.#lastWriteTimeInMs, timeInMs);
  }

  /** A block was dealt with: its content is in the log, or the target has it already. */
  noteCopied(block: number): void {
    this.#copiedBlocks.add(block);
  }

  /** All blocks are to be copied anew: what was found to be there already was compared with another base. */
  forgetCopied(): void {
    this.#copiedBlocks.clear();
  }

  /** The disk changed after the copy, and the log does not say how: the block is to be copied again. */
  noteOutdated(block: number): void {
    this.#copiedBlocks.delete(block);
  }
}
