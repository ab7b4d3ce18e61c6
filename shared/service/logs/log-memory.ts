/** Where small logs are kept while they are verified and applied. */
export interface LogMemory {
  /** Up to here a log is small. */
  readonly limitBytes: number;
  /** Room for so many bytes, whatever they are before. */
  readonly room: (sizeBytes: number) => Uint8Array;
}

/** Room of its own for every log. */
export function ownMemory(limitBytes: number): LogMemory {
  return { limitBytes, room: (sizeBytes) => new Uint8Array(sizeBytes) };
}

/**
 * Room for two logs, each used again for the next but one: a log at a time is applied while another is verified. Memory
 * of such a size is dear to the garbage collector.
 */
export class MemoryOfTwo implements LogMemory {
  #next = new Uint8Array();
  #last = new Uint8Array();

  constructor(readonly limitBytes: number) {}

  readonly room = (sizeBytes: number): Uint8Array => {
    const room = this.#next.length < sizeBytes ? new Uint8Array(sizeBytes + spareOf(sizeBytes)) : this.#next;
    this.#next = this.#last;
    this.#last = room;
    return room.subarray(0, sizeBytes);
  };
}

/** Logs that are sealed at some size differ a little. */
function spareOf(sizeBytes: number): number {
  return Math.floor(sizeBytes / 16);
}
