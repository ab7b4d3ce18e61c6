import { open, type FileHandle } from 'node:fs/promises';
import type { Image } from './image';

const pieceBytes = 1024 * 1024;

/** A disk that is a raw file. */
export class FileImage implements Image {
  private constructor(
    private readonly file: FileHandle,
    readonly sizeBytes: number,
  ) {}

  static async open(path: string, sizeBytes: number): Promise<FileImage> {
    return new FileImage(await open(path, 'r+'), sizeBytes);
  }

  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const data = Buffer.alloc(lengthBytes);
    await this.file.read(data, 0, lengthBytes, offsetBytes);
    return data;
  }

  async write(offsetBytes: number, data: Buffer): Promise<void> {
    await this.file.write(data, 0, data.length, offsetBytes);
  }

  async zero(offsetBytes: number, lengthBytes: number): Promise<void> {
    for (let at = 0; at < lengthBytes; at += pieceBytes) {
      await this.write(offsetBytes + at, Buffer.alloc(Math.min(pieceBytes, lengthBytes - at)));
    }
  }

  flush(): Promise<void> {
    return this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
