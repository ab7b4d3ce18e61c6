import type { Extent } from '../../shared/model/extent';

/** The writes since the last seal, in the order they reached the disk. */
export class OpenLog {
  readonly #extents: Extent[] = [];
  readonly #copiedBlocks = new Set<number>();
  #dataBytes = 0;
  #firstWriteTimeInMs: number | undefined;
  #lastWriteTimeInMs = 0;

  get extents(): readonly Extent[] {
    return this.#extents;
  }

  /** Blocks whose whole content is in this log because a copier put it there. */
  get copiedBlocks(): ReadonlySet<number> {
    return this.#copiedBlocks;
  }

  get dataBytes(): number {
    return this.#dataBytes;
  }

  get isEmpty(): boolean {
    return this.#extents.length === 0 && this.#copiedBlocks.size === 0;
  }

  get firstWriteTimeInMs(): number | undefined {
    return this.#firstWriteTimeInMs;
  }

  get lastWriteTimeInMs(): number {
    return this.#lastWriteTimeInMs;
  }

  append(extent: Extent, timeInMs: number): void {
    this.#extents.push(extent);
    if (extent.kind === 'data') this.#dataBytes += extent.lengthBytes;
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
