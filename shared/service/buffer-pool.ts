import { pageWriteLimitBytes } from '../model/extent';

/** Below this, a buffer of its own costs less than one of a whole page write. */
const pooledFromBytes = 64 * 1024;

/** Buffers of one page write each, used again and again: as many are made as are ever lent at once. */
export class BufferPool {
  readonly #free: Uint8Array[] = [];

  /** Lends a buffer of at least this length, at most one page write. */
  async lend<T>(lengthBytes: number, use: (buffer: Uint8Array) => Promise<T>): Promise<T> {
    if (lengthBytes < pooledFromBytes) return use(new Uint8Array(lengthBytes));
    const buffer = this.#free.pop() ?? new Uint8Array(pageWriteLimitBytes);
    try {
      return await use(buffer);
    } finally {
      this.#free.push(buffer);
    }
  }
}
