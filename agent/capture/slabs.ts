import { slabBytes, type SlabMemory } from './slab-memory';

/** What is larger has a buffer of its own. */
const smallBytes = 64 * 1024;

/** Copies of small writes, many to one piece of memory: a buffer for each would cost more than the writes. */
export class Slabs {
  #slab = Buffer.alloc(0);
  #used = 0;

  constructor(private readonly memory: SlabMemory) {}

  copy(parts: readonly Buffer[], lengthBytes: number): Buffer {
    if (lengthBytes > smallBytes) return Buffer.concat(parts, lengthBytes);
    if (this.#used + lengthBytes > this.#slab.byteLength) {
      this.#slab = Buffer.from(this.memory.take(), 0, slabBytes);
      this.#used = 0;
    }
    const start = this.#used;
    for (const part of parts) {
      this.#slab.set(part, this.#used);
      this.#used += part.byteLength;
    }
    return this.#slab.subarray(start, this.#used);
  }
}
