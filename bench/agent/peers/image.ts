import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

export const imageBytes = 1024 * mebibyte;

/** An ext4 file system of 1 GiB, two thirds full: half of that does not compress, half is like text. */
export async function makeImage(path: string): Promise<void> {
  const root = `${path}-files`;
  await mkdir(root);
  for (let index = 0; index < 88; index += 1) {
    const words = Buffer.alloc(
      4 * mebibyte,
      `${randomBytes(6).toString('hex')} the quick brown fox ${index} `,
    );
    await writeFile(join(root, `file-${index}`), Buffer.concat([randomBytes(4 * mebibyte), words]));
  }
  await run('mke2fs', ['-q', '-t', 'ext4', '-F', '-d', root, path, `${imageBytes / 1024}k`], {
    env: { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' },
  });
  await rm(root, { recursive: true, force: true });
}
