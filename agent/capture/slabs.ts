import { type Place, placeOf } from './packed-writes';
import { slabBytes, type SlabMemory } from './slab-memory';

/** What is larger has a buffer of its own. */
const smallBytes = 64 * 1024;

/** Copies of small writes, many to one piece of memory: a buffer for each would cost more than the writes. */
export class Slabs {
  #slab: Uint8Array<ArrayBuffer> | undefined;
  #used = 0;

  constructor(private readonly memory: SlabMemory) {}

  copy(parts: readonly Buffer[], lengthBytes: number): Place {
    if (lengthBytes > smallBytes) return placeOf(Buffer.concat(parts, lengthBytes));
    const slab = this.#withRoom(lengthBytes);
    const start = this.#used;
    for (const part of parts) {
      slab.set(part, this.#used);
      this.#used += part.byteLength;
    }
    return { memory: slab.buffer, start };
  }

  #withRoom(lengthBytes: number): Uint8Array<ArrayBuffer> {
    if (this.#slab !== undefined && this.#used + lengthBytes <= slabBytes) return this.#slab;
    this.#used = 0;
    return (this.#slab = new Uint8Array(this.memory.take()));
  }
}
