/** What the NBD server serves. Offsets and lengths are whole sectors within the size; the server has checked that. */
export interface BlockDevice {
  readonly sizeBytes: number;
  /** True once guests may no longer write: the machine runs elsewhere. */
  readonly isReadOnly: boolean;
  read(offsetBytes: number, lengthBytes: number): Buffer | Promise<Buffer>;
  /** The parts follow one another. They belong to the caller again once the write is done. */
  write(offsetBytes: number, parts: readonly Buffer[], lengthBytes: number): void | Promise<void>;
  /** Turns a run into zeros; `mayPunch` allows giving its space back. */
  zero(offsetBytes: number, lengthBytes: number, mayPunch: boolean): void | Promise<void>;
  /** Everything written before is safe from a power cut afterwards. */
  flush(): void | Promise<void>;
}
