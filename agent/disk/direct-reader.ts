import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { Range } from '../../shared/model/extent';

const read = promisify(fs.read);

/** The page cache is not asked: addresses, offsets and lengths are whole pages then. */
const pageBytes = 4096;
/** Memory comes at multiples of this. */
const allocationBytes = 16;

/**
 * Reads large runs past the page cache. A pass over a whole disk leaves the cache to the guests then, and holes of a
 * sparse file cost next to nothing. Reads the usual way where the file system does not do this.
 */
export class DirectReader {
  readonly #file: number;
  readonly #free: Buffer[] = [];
  #alignment: 'unknown' | 'none' | number = 'unknown';

  private constructor(file: number) {
    this.#file = file;
  }

  /** Undefined where it cannot be done. */
  static open(path: string): DirectReader | undefined {
    const { O_RDONLY, O_DIRECT } = fs.constants;
    // Other systems than Linux do not name it.
    if (typeof O_DIRECT !== 'number') return undefined;
    try {
      return new DirectReader(fs.openSync(path, O_RDONLY | O_DIRECT));
    } catch {
      return undefined;
    }
  }

  /** Lends the bytes to `use`; false where these cannot be read this way. The memory is used again afterwards. */
  async read({ offsetBytes, lengthBytes }: Range, use: (data: Buffer) => void): Promise<boolean> {
    if (offsetBytes % pageBytes !== 0 || lengthBytes % pageBytes !== 0) return false;
    const buffer = this.#take(lengthBytes);
    if (buffer === undefined) return false;
    try {
      const { bytesRead } = await read(this.#file, buffer, 0, lengthBytes, offsetBytes);
      if (bytesRead < lengthBytes) return false;
    } catch {
      return false;
    } finally {
      this.#free.push(buffer);
    }
    // Nobody else takes the memory before this has returned.
    use(buffer.subarray(0, lengthBytes));
    return true;
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #take(lengthBytes: number): Buffer | undefined {
    const index = this.#free.findIndex((buffer) => buffer.byteLength >= lengthBytes);
    if (index >= 0) return this.#free.splice(index, 1)[0];
    if (this.#alignment === 'none') return undefined;
    const memory = Buffer.allocUnsafeSlow(lengthBytes + pageBytes);
    const start = this.#startOfPage(memory);
    return start === undefined ? undefined : memory.subarray(start, start + lengthBytes);
  }

  /** Where the first whole page of this memory begins is told by nobody but a read that is let through. */
  #startOfPage(memory: Buffer): number | undefined {
    const known = this.#alignment;
    if (typeof known === 'number' && this.#isLetThrough(memory, known)) return known;
    for (let start = 0; start < pageBytes; start += allocationBytes) {
      if (!this.#isLetThrough(memory, start)) continue;
      this.#alignment = start;
      return start;
    }
    this.#alignment = 'none';
    return undefined;
  }

  #isLetThrough(memory: Buffer, start: number): boolean {
    try {
      return fs.readSync(this.#file, memory, start, pageBytes, 0) > 0;
    } catch {
      return false;
    }
  }
}
