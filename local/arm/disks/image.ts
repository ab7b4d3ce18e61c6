/** The bytes of a disk, as its machine sees them. Offsets and lengths are within the size. */
export interface Image {
  readonly sizeBytes: number;
  read(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
  write(offsetBytes: number, data: Buffer): Promise<void>;
  zero(offsetBytes: number, lengthBytes: number): Promise<void>;
  /** What was written before is safe from a power cut afterwards. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
