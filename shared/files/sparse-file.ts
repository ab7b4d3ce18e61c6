import { constants, copyFile, open, type FileHandle } from 'node:fs/promises';
import type { Range } from '../model/extent';

const blockBytes = 64 * 1024;
const zeros = Buffer.alloc(blockBytes);

/** Fills the buffer from the file; what lies beyond the file's end are zeros. */
export async function readFully(file: FileHandle, data: Buffer, offsetBytes: number): Promise<void> {
  for (let doneBytes = 0; doneBytes < data.length;) {
    const { bytesRead } = await file.read(data, doneBytes, data.length - doneBytes, offsetBytes + doneBytes);
    if (bytesRead === 0) {
      data.fill(0, doneBytes);
      return;
    }
    doneBytes += bytesRead;
  }
}

export async function writeFully(file: FileHandle, data: Uint8Array, offsetBytes: number): Promise<void> {
  for (let doneBytes = 0; doneBytes < data.length;) {
    const leftBytes = data.length - doneBytes;
    doneBytes += (await file.write(data, doneBytes, leftBytes, offsetBytes + doneBytes)).bytesWritten;
  }
}

/** Turns a range into zeros, without filling holes that are zeros already. */
export async function clearRange(file: FileHandle, range: Range): Promise<void> {
  for await (const { offsetBytes, lengthBytes } of writtenBlocks(file, range)) {
    await writeFully(file, zeros.subarray(0, lengthBytes), offsetBytes);
  }
}

/** The blocks of a range that hold anything but zeros. */
export async function* writtenBlocks(file: FileHandle, range: Range): AsyncGenerator<Range> {
  const buffer = Buffer.alloc(blockBytes);
  const endBytes = range.offsetBytes + range.lengthBytes;
  for (let offsetBytes = range.offsetBytes; offsetBytes < endBytes; offsetBytes += blockBytes) {
    const lengthBytes = Math.min(blockBytes, endBytes - offsetBytes);
    const block = buffer.subarray(0, lengthBytes);
    await readFully(file, block, offsetBytes);
    if (!block.equals(zeros.subarray(0, lengthBytes))) yield { offsetBytes, lengthBytes };
  }
}

/** A durable copy: by reference where the file system can share blocks, else of all blocks that are not zeros. */
export async function copySparsely(fromPath: string, toPath: string): Promise<void> {
  if (await sharesBlocks(fromPath, toPath)) return;
  const from = await open(fromPath, 'r');
  const to = await open(toPath, 'w');
  try {
    const { size: lengthBytes } = await from.stat();
    await to.truncate(lengthBytes);
    const buffer = Buffer.alloc(blockBytes);
    for await (const block of writtenBlocks(from, { offsetBytes: 0, lengthBytes })) {
      const data = buffer.subarray(0, block.lengthBytes);
      await readFully(from, data, block.offsetBytes);
      await writeFully(to, data, block.offsetBytes);
    }
    await to.sync();
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

async function sharesBlocks(fromPath: string, toPath: string): Promise<boolean> {
  try {
    await copyFile(fromPath, toPath, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  }
}
