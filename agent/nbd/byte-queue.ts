import { assert } from '../../shared/assert';

/** Bytes that have arrived, kept in the chunks they arrived in: taken out again without copying where possible. */
export class ByteQueue {
  readonly #chunks: Buffer[] = [];
  #firstOffset = 0;
  #lengthBytes = 0;

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  push(chunk: Buffer): void {
    if (chunk.byteLength === 0) return;
    this.#chunks.push(chunk);
    this.#lengthBytes += chunk.byteLength;
  }

  /** The next bytes in one piece. */
  take(lengthBytes: number): Buffer {
    const parts = this.takeParts(lengthBytes);
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, lengthBytes);
  }

  /** The next bytes in the pieces they arrived in. */
  takeParts(lengthBytes: number): Buffer[] {
    assert(lengthBytes <= this.#lengthBytes, 'more bytes taken than have arrived');
    const parts: Buffer[] = [];
    let missing = lengthBytes;
    while (missing > 0) {
      const chunk = this.#chunks[0];
      assert(chunk !== undefined, 'the queue lost count of its bytes');
      const available = chunk.byteLength - this.#firstOffset;
      const taken = Math.min(available, missing);
      parts.push(chunk.subarray(this.#firstOffset, this.#firstOffset + taken));
      missing -= taken;
      if (taken === available) {
        this.#chunks.shift();
        this.#firstOffset = 0;
      } else {
        this.#firstOffset += taken;
      }
    }
    this.#lengthBytes -= lengthBytes;
    return parts;
  }
}
