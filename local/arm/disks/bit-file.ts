import { open, type FileHandle } from 'node:fs/promises';

/** Bits in a file: set in memory at once, in the file when it is saved. */
export class BitFile {
  #isChanged = false;

  private constructor(
    private readonly file: FileHandle,
    private readonly bits: Buffer,
  ) {}

  static async open(path: string, count: number): Promise<BitFile> {
    const file = await open(path, 'a+').then(async (made) => {
      await made.close();
      return open(path, 'r+');
    });
    const bits = Buffer.alloc(Math.ceil(count / 8));
    await file.read(bits, 0, bits.length, 0);
    return new BitFile(file, bits);
  }

  has(index: number): boolean {
    return ((this.bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  set(index: number): void {
    const byte = this.bits[index >> 3] ?? 0;
    this.bits[index >> 3] = byte | (1 << (index & 7));
    this.#isChanged = true;
  }

  async save(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    await this.file.write(this.bits, 0, this.bits.length, 0);
    await this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
