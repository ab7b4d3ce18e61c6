import { open, rename } from 'node:fs/promises';

/** Puts a file in place whole or not at all: written beside it, then renamed. */
export async function replaceFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writev([...parts]);
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
