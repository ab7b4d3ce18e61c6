import type { Extent } from '../../shared/model/extent';

/** Writes in a form that passes from one thread to another without a copy of their bytes. */
export interface PackedWrites {
  /** For each write: offset, length, which memory holds its bytes, and where in it they begin. */
  readonly table: Float64Array;
  readonly memory: readonly ArrayBuffer[];
}

const columns = 4;
const noMemory = -1;

/** The writes cannot be looked at any more once the memory was given away. */
export function packWrites(extents: readonly Extent[]): PackedWrites {
  const table = new Float64Array(extents.length * columns);
  const memory: ArrayBuffer[] = [];
  const places = new Map<ArrayBufferLike, number>();
  extents.forEach((extent, index) => {
    const { place, start } = extent.kind === 'zero' ? zeros : placeOf(extent.data);
    table.set([extent.offsetBytes, extent.lengthBytes, place, start], index * columns);
  });
  return { table, memory };

  function placeOf(data: Uint8Array): { place: number; start: number } {
    const known = places.get(data.buffer);
    if (known !== undefined) return { place: known, start: data.byteOffset };
    const own = memoryToGive(data);
    memory.push(own.memory);
    if (own.memory === data.buffer) places.set(own.memory, memory.length - 1);
    return { place: memory.length - 1, start: own.start };
  }
}

const zeros = { place: noMemory, start: 0 };

export function unpackWrites({ table, memory }: PackedWrites): Extent[] {
  const extents: Extent[] = [];
  for (let at = 0; at < table.length; at += columns) {
    const [offsetBytes = 0, lengthBytes = 0, place = noMemory, start = 0] = table.subarray(at, at + columns);
    const bytes = memory[place];
    extents.push(
      bytes === undefined
        ? { kind: 'zero', offsetBytes, lengthBytes }
        : { kind: 'data', offsetBytes, lengthBytes, data: new Uint8Array(bytes, start, lengthBytes) },
    );
  }
  return extents;
}

/**
 * Memory that may be given away with these bytes, and where in it they begin. Small buffers may share theirs with others that
 * have nothing to do with them: those are copied.
 */
export function memoryToGive({ buffer, byteOffset, byteLength }: Uint8Array): {
  readonly memory: ArrayBuffer;
  readonly start: number;
} {
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize;
  if (isOwn) return { memory: buffer, start: byteOffset };
  const memory = new ArrayBuffer(byteLength);
  new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
  return { memory, start: 0 };
}
