/** Two of the usual size. */
const limitBytes = 32 * 1024 * 1024;

/** Logs that were sealed a moment ago, in memory: they are sent without being read back. What has no room here is read. */
export class FreshLogs {
  readonly #logs = new Map<number, Uint8Array>();
  #heldBytes = 0;

  keep(sequence: number, bytes: Uint8Array): void {
    if (this.#heldBytes + bytes.byteLength > limitBytes) return;
    this.#logs.set(sequence, bytes);
    this.#heldBytes += bytes.byteLength;
  }

  /** The bytes, which are handed out once. */
  take(sequence: number): Uint8Array | undefined {
    const bytes = this.#logs.get(sequence);
    this.#logs.delete(sequence);
    this.#heldBytes -= bytes?.byteLength ?? 0;
    return bytes;
  }
}
