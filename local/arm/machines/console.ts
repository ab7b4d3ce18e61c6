import { open } from 'node:fs/promises';

const tailBytes = 64 * 1024;

/** The last part of what a machine wrote to its serial console. */
export async function readConsole(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, size - length);
    return bytes.toString('utf8');
  } finally {
    await file.close();
  }
}
