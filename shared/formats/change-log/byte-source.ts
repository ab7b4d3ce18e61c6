import { LifeboatError } from '../../errors';

/** Cuts a stream of chunks into parts of exactly the length asked for. Copies only where a part spans two chunks. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * The next bytes, or `LogTruncated` if the stream ends before them. A part that spans chunks is put together in
   * `scratch`, if one is given: then it lasts until the next is taken.
   */
  async take(lengthBytes: number, scratch?: Buffer): Promise<Buffer> {
    if (this.#chunk.length >= lengthBytes) return this.#cut(lengthBytes);
    const whole = scratch?.subarray(0, lengthBytes) ?? Buffer.allocUnsafe(lengthBytes);
    for (let filledBytes = 0; filledBytes < lengthBytes;) {
      const missingBytes = lengthBytes - filledBytes;
      if (this.#chunk.length === 0 && !(await this.#advance())) {
        throw new LifeboatError('LogTruncated', `The change log ends ${missingBytes} bytes too early.`);
      }
      const part = this.#cut(Math.min(missingBytes, this.#chunk.length));
      part.copy(whole, filledBytes);
      filledBytes += part.length;
    }
    return whole;
  }

  /** True when nothing is left. */
  async isAtEnd(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      if (!(await this.#advance())) return true;
    }
    return false;
  }

  /** Tells the stream that no more will be read. Safe to repeat. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #cut(lengthBytes: number): Buffer {
    const part = this.#chunk.subarray(0, lengthBytes);
    this.#chunk = this.#chunk.subarray(lengthBytes);
    return part;
  }

  async #advance(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    const { buffer, byteOffset, byteLength } = next.value;
    this.#chunk = Buffer.from(buffer, byteOffset, byteLength);
    return true;
  }
}
