import type { Extent, Range } from '../../shared/model/extent';

/**
 * Writes in their order, in a form that passes from one thread to another without a copy of their bytes, and has no object for
 * each of them.
 */
export interface PackedWrites {
  /** For each write: offset, length, which memory holds its bytes, and where in it they begin. */
  readonly table: Float64Array<ArrayBuffer>;
  readonly memory: readonly ArrayBuffer[];
}

/** Where the bytes of a write lie. */
export interface Place {
  readonly memory: ArrayBuffer;
  readonly start: number;
}

const columns = 4;
const noMemory = -1;
const firstRoom = 256 * columns;

/** Takes writes in, one after the other. */
export class WritePacker {
  #table = new Float64Array(firstRoom);
  #used = 0;
  readonly #memory: ArrayBuffer[] = [];
  readonly #numbers = new Map<ArrayBuffer, number>();

  get count(): number {
    return this.#used / columns;
  }

  /** A write of zeros has no place. */
  add({ offsetBytes, lengthBytes }: Range, place: Place | undefined): void {
    if (this.#used === this.#table.length) this.#grow();
    const table = this.#table;
    table[this.#used++] = offsetBytes;
    table[this.#used++] = lengthBytes;
    table[this.#used++] = place === undefined ? noMemory : this.#numberOf(place.memory);
    table[this.#used++] = place?.start ?? 0;
  }

  get writes(): PackedWrites {
    return { table: this.#table.slice(0, this.#used), memory: this.#memory };
  }

  #grow(): void {
    const grown = new Float64Array(2 * this.#table.length);
    grown.set(this.#table);
    this.#table = grown;
  }

  #numberOf(memory: ArrayBuffer): number {
    const known = this.#numbers.get(memory);
    if (known !== undefined) return known;
    this.#numbers.set(memory, this.#memory.length);
    return this.#memory.push(memory) - 1;
  }
}

/** The writes one by one; their bytes are not copied. */
export function unpackWrites({ table, memory }: PackedWrites): Extent[] {
  const extents: Extent[] = [];
  for (let at = 0; at < table.length; at += columns) {
    const [offsetBytes, lengthBytes] = [table[at] ?? 0, table[at + 1] ?? 0];
    const bytes = memory[table[at + 2] ?? noMemory];
    extents.push(
      bytes === undefined
        ? { kind: 'zero', offsetBytes, lengthBytes }
        : { kind: 'data', offsetBytes, lengthBytes, data: new Uint8Array(bytes, table[at + 3], lengthBytes) },
    );
  }
  return extents;
}

/** How many bytes there are, zeros left out. */
export function dataBytesOf({ table }: PackedWrites): number {
  let dataBytes = 0;
  for (let at = 0; at < table.length; at += columns)
    if (table[at + 2] !== noMemory) dataBytes += table[at + 1] ?? 0;
  return dataBytes;
}

/**
 * Memory that may be given away with these bytes, and where in it they begin. Small buffers may share theirs with others that
 * have nothing to do with them: those are copied.
 */
export function placeOf({ buffer, byteOffset, byteLength }: Uint8Array): Place {
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize;
  if (isOwn) return { memory: buffer, start: byteOffset };
  const memory = new ArrayBuffer(byteLength);
  new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
  return { memory, start: 0 };
}
