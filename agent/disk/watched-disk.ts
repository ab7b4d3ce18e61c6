import type { Range } from '../../shared/model/extent';
import type { SourceDisk } from './source-disk';

/** A disk whose failures are told, and still given to whoever asked. */
export class WatchedDisk implements SourceDisk {
  constructor(
    private readonly disk: SourceDisk,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  get sizeBytes(): number {
    return this.disk.sizeBytes;
  }

  readNow(offsetBytes: number, lengthBytes: number): Buffer {
    return this.#now(() => this.disk.readNow(offsetBytes, lengthBytes));
  }

  read(offsetBytes: number, lengthBytes: number, into?: Buffer): Promise<Buffer> {
    return this.#later(this.disk.read(offsetBytes, lengthBytes, into));
  }

  look(range: Range, use: (data: Buffer) => void): Promise<void> {
    return this.#later(this.disk.look(range, use));
  }

  writeNow(offsetBytes: number, parts: readonly Buffer[]): void {
    this.#now(() => this.disk.writeNow(offsetBytes, parts));
  }

  write(offsetBytes: number, parts: readonly Buffer[]): Promise<void> {
    return this.#later(this.disk.write(offsetBytes, parts));
  }

  flush(): Promise<void> {
    return this.#later(this.disk.flush());
  }

  close(): void {
    this.disk.close();
  }

  #now<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
  }

  #later<T>(work: Promise<T>): Promise<T> {
    work.catch(this.onFailure);
    return work;
  }
}
