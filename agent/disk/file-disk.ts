import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { Range } from '../../shared/model/extent';
import { DirectReader } from './direct-reader';
import type { SourceDisk } from './source-disk';

const read = promisify(fs.read);
const writev = promisify(fs.writev);
const fdatasync = promisify(fs.fdatasync);

/** A raw disk image, a block device, or the data of a fixed VHD: an open file of which the first bytes are the disk. */
export class FileDisk implements SourceDisk {
  readonly #file: number;
  readonly #direct: DirectReader | undefined;

  constructor(
    path: string,
    readonly sizeBytes: number,
    access: 'read' | 'write' = 'write',
  ) {
    this.#file = fs.openSync(path, access === 'write' ? fs.constants.O_RDWR : fs.constants.O_RDONLY);
    this.#direct = DirectReader.open(path);
  }

  readNow(offsetBytes: number, lengthBytes: number): Buffer {
    const data = Buffer.allocUnsafe(lengthBytes);
    for (let done = 0; done < lengthBytes;) {
      const count = fs.readSync(this.#file, data, done, lengthBytes - done, offsetBytes + done);
      if (count === 0) throw diskEnded(offsetBytes + done);
      done += count;
    }
    return data;
  }

  async read(
    offsetBytes: number,
    lengthBytes: number,
    data = Buffer.allocUnsafe(lengthBytes),
  ): Promise<Buffer> {
    for (let done = 0; done < lengthBytes;) {
      const { bytesRead } = await read(this.#file, data, done, lengthBytes - done, offsetBytes + done);
      if (bytesRead === 0) throw diskEnded(offsetBytes + done);
      done += bytesRead;
    }
    return data;
  }

  async look(range: Range, use: (data: Buffer) => void): Promise<void> {
    if ((await this.#direct?.read(range, use)) === true) return;
    use(await this.read(range.offsetBytes, range.lengthBytes));
  }

  writeNow(offsetBytes: number, parts: readonly Buffer[]): void {
    let at = offsetBytes;
    for (let left = parts; left.length > 0;) {
      const count = fs.writevSync(this.#file, left, at);
      at += count;
      left = after(left, count);
    }
  }

  async write(offsetBytes: number, parts: readonly Buffer[]): Promise<void> {
    let at = offsetBytes;
    for (let left = parts; left.length > 0;) {
      const { bytesWritten } = await writev(this.#file, left, at);
      at += bytesWritten;
      left = after(left, bytesWritten);
    }
  }

  async flush(): Promise<void> {
    await fdatasync(this.#file);
  }

  close(): void {
    fs.closeSync(this.#file);
    this.#direct?.close();
  }
}

/** What is left of the parts once this many bytes were written. */
function after(parts: readonly Buffer[], writtenBytes: number): readonly Buffer[] {
  let skip = writtenBytes;
  let index = 0;
  for (; index < parts.length; index++) {
    const length = parts[index]?.byteLength ?? 0;
    if (skip < length) break;
    skip -= length;
  }
  const rest = parts.slice(index);
  const first = rest[0];
  return first === undefined || skip === 0 ? rest : [first.subarray(skip), ...rest.slice(1)];
}

/** The file is shorter than the disk was when it was opened. */
function diskEnded(offsetBytes: number): Error {
  return Object.assign(new Error(`the disk ended at byte ${offsetBytes}`), { code: 'EIO' });
}
