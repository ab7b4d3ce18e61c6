import { open, rename } from 'node:fs/promises';

/** Puts a file in place whole or not at all: written beside it, then renamed. */
export async function replaceFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    const { bytesWritten } = await file.writev([...parts]);
    const lengthBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    // A full disk takes what it has room for, and says nothing.
    if (bytesWritten < lengthBytes) throw new Error(`${path} could not be written whole: is the disk full?`);
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
