export const slabBytes = 1024 * 1024;
/** Two logs of the usual size. */
const keptLimit = 32;

/**
 * The memory that logs are captured in, used again once they are sealed. Making it anew had the collector go over the whole
 * heap for every few MiB.
 */
export class SlabMemory {
  readonly #free: ArrayBuffer[] = [];

  take(): ArrayBuffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(slabBytes).buffer;
  }

  /** Takes back what nobody looks at any more. */
  give(memory: readonly ArrayBuffer[]): void {
    const slabs = memory.filter(({ byteLength }) => byteLength === slabBytes);
    this.#free.push(...slabs.slice(0, keptLimit - this.#free.length));
  }
}
