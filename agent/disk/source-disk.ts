import type { Range } from '../../shared/model/extent';

/** A disk that an agent protects. Reads and writes are whole sectors within the size. */
export interface SourceDisk {
  readonly sizeBytes: number;
  /** Small requests are faster without the thread pool; both forms may be used side by side. */
  readNow(offsetBytes: number, lengthBytes: number): Buffer;
  /** Reads into the memory that is lent, if any is. */
  read(offsetBytes: number, lengthBytes: number, into?: Buffer): Promise<Buffer>;
  /** Lends what is not likely to be read again to `use`, for as long as that runs: for passes over a whole disk. */
  look(range: Range, use: (data: Buffer) => void): Promise<void>;
  writeNow(offsetBytes: number, parts: readonly Buffer[]): void;
  write(offsetBytes: number, parts: readonly Buffer[]): Promise<void>;
  /** What was written before is safe from a power cut afterwards. */
  flush(): Promise<void>;
  close(): void;
}
