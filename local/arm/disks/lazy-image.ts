import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BitFile } from './bit-file';
import type { Image } from './image';
import type { WindowCache } from './window-cache';

const blockBytes = 4096;
const pieceBytes = 1024 * 1024;

/** A disk over a blob: what was written here lies in an overlay, the rest is read from the blob, which is never touched. */
export class LazyImage implements Image {
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly sizeBytes: number,
    readonly base: WindowCache,
    private readonly file: FileHandle,
    private readonly written: BitFile,
  ) {}

  static async open(base: WindowCache, folder: string, sizeBytes: number): Promise<LazyImage> {
    const path = join(folder, 'overlay.data');
    await (await open(path, 'a')).close();
    const file = await open(path, 'r+');
    const written = await BitFile.open(join(folder, 'overlay.map'), Math.ceil(sizeBytes / blockBytes));
    return new LazyImage(sizeBytes, base, file, written);
  }

  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const parts: Promise<Buffer>[] = [];
    for (let at = offsetBytes; at < offsetBytes + lengthBytes;) {
      const isWritten = this.written.has(Math.floor(at / blockBytes));
      const until = this.#runEnd(at, offsetBytes + lengthBytes, isWritten);
      parts.push(isWritten ? this.#readOverlay(at, until - at) : this.base.read(at, until - at));
      at = until;
    }
    const [only] = parts;
    return only !== undefined && parts.length === 1
      ? only
      : Buffer.concat(await Promise.all(parts), lengthBytes);
  }

  write(offsetBytes: number, data: Buffer): Promise<void> {
    return this.#inTurn(() => this.#write(offsetBytes, data));
  }

  zero(offsetBytes: number, lengthBytes: number): Promise<void> {
    return this.#inTurn(async () => {
      for (let at = offsetBytes; at < offsetBytes + lengthBytes;) {
        const length = Math.min(pieceBytes, offsetBytes + lengthBytes - at);
        await this.#write(at, Buffer.alloc(length));
        at += length;
      }
    });
  }

  async flush(): Promise<void> {
    await this.#inTurn(() => Promise.resolve());
    await this.file.datasync();
    await this.written.save();
  }

  async close(): Promise<void> {
    await this.flush();
    await Promise.all([this.file.close(), this.written.close(), this.base.close()]);
  }

  /** One write at a time: two that share a block would otherwise each keep an old half of it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }

  async #write(offsetBytes: number, data: Buffer): Promise<void> {
    const first = Math.floor(offsetBytes / blockBytes);
    const last = Math.floor((offsetBytes + data.length - 1) / blockBytes);
    await this.#complete(first, { offsetBytes, endBytes: offsetBytes + data.length });
    if (last !== first) await this.#complete(last, { offsetBytes, endBytes: offsetBytes + data.length });
    await this.file.write(data, 0, data.length, offsetBytes);
    for (let block = first; block <= last; block++) this.written.set(block);
  }

  /** Brings the rest of a block that a write covers in part into the overlay. */
  async #complete(
    block: number,
    { offsetBytes, endBytes }: { offsetBytes: number; endBytes: number },
  ): Promise<void> {
    const from = block * blockBytes;
    const until = Math.min(from + blockBytes, this.sizeBytes);
    if (this.written.has(block) || (offsetBytes <= from && endBytes >= until)) return;
    const old = await this.base.read(from, until - from);
    await this.file.write(old, 0, old.length, from);
  }

  async #readOverlay(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const data = Buffer.alloc(lengthBytes);
    await this.file.read(data, 0, lengthBytes, offsetBytes);
    return data;
  }

  #runEnd(from: number, limit: number, isWritten: boolean): number {
    let block = Math.floor(from / blockBytes) + 1;
    while (block * blockBytes < limit && this.written.has(block) === isWritten) block++;
    return Math.min(block * blockBytes, limit);
  }
}
