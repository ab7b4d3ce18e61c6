import * as fs from 'node:fs';

/** Where a bitmap is kept. Every call may throw what the file system does. */
export interface BitmapFile {
  /** Fills as much of `bits` as there is. */
  read(bits: Uint8Array): void;
  /** Writes these bytes of the bitmap at their own place, all of them or it throws. */
  write(bits: Uint8Array, fromByte: number, untilByte: number): void;
  /** What was written is safe from a power cut afterwards. */
  flush(): void;
  close(): void;
}

export function openBitmapFile(path: string): BitmapFile {
  const file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  return {
    read: (bits) => void fs.readSync(file, bits, 0, bits.byteLength, 0),
    write: (bits, fromByte, untilByte) => {
      for (let at = fromByte; at < untilByte;) at += fs.writeSync(file, bits, at, untilByte - at, at);
    },
    flush: () => fs.fsyncSync(file),
    close: () => fs.closeSync(file),
  };
}
