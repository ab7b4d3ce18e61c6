import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { OpenLog } from '../capture/open-log';

const digestBytes = 32;

/**
 * What the last scan found, block by block, kept in a file beside the spool: of each block the digest of what the stream
 * says it holds, zeros where nothing is known. A digest is kept once the log that holds its block is sealed; until then
 * the block is pending, and what is kept here of it is not asked.
 */
export class ScanDigests {
  readonly #file: number;
  readonly #unsealed = new WeakMap<OpenLog, Map<number, Buffer>>();

  /** In the folder of a disk's replica. */
  constructor(folder: string) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'scan.digests');
    this.#file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  }

  /** Tells of the blocks from this one on whether they are what the stream says. */
  known(firstBlock: number, count: number): (block: number, digest: Buffer) => boolean {
    const digests = Buffer.alloc(count * digestBytes);
    fs.readSync(this.#file, digests, 0, digests.byteLength, firstBlock * digestBytes);
    return (block, digest) => {
      const start = (block - firstBlock) * digestBytes;
      return digest.equals(digests.subarray(start, start + digestBytes));
    };
  }

  /** The log holds this block, or the target did before. */
  note(log: OpenLog, block: number, digest: Buffer): void {
    const noted = this.#unsealed.get(log);
    if (noted === undefined) this.#unsealed.set(log, new Map([[block, digest]]));
    else noted.set(block, digest);
  }

  /** The log is sealed. */
  keep(log: OpenLog): void {
    for (const [block, digest] of this.#unsealed.get(log) ?? [])
      fs.writeSync(this.#file, digest, 0, digestBytes, block * digestBytes);
    this.#unsealed.delete(log);
  }

  /** What was kept is on the disk then: a loss of power after a clean stop must not bring an older answer back. */
  close(): void {
    fs.fsyncSync(this.#file);
    fs.closeSync(this.#file);
  }
}

export function digestOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
