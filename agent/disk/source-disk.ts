/** A disk that an agent protects. Reads and writes are whole sectors within the size. */
export interface SourceDisk {
  readonly sizeBytes: number;
  /** Small requests are faster without the thread pool; both forms may be used side by side. */
  readNow(offsetBytes: number, lengthBytes: number): Buffer;
  read(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
  writeNow(offsetBytes: number, parts: readonly Buffer[]): void;
  write(offsetBytes: number, parts: readonly Buffer[]): Promise<void>;
  /** What was written before is safe from a power cut afterwards. */
  flush(): Promise<void>;
  close(): void;
}
