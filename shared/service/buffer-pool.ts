import { pageWriteLimitBytes } from '../model/extent';

/** Below this, a buffer of its own costs less than one of a whole page write. */
const pooledFromBytes = 64 * 1024;

/** Buffers of one page write each, used again and again: as many are made as are ever taken at once. */
export class BufferPool {
  readonly #free: Uint8Array[] = [];

  /** A buffer of at least this length, at most one page write, to be given back. */
  take(lengthBytes: number): Uint8Array {
    if (lengthBytes < pooledFromBytes) return new Uint8Array(lengthBytes);
    return this.#free.pop() ?? new Uint8Array(pageWriteLimitBytes);
  }

  give(buffer: Uint8Array): void {
    if (buffer.length === pageWriteLimitBytes) this.#free.push(buffer);
  }
}
