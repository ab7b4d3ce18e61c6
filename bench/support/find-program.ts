import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where a program is installed: on the path, or where system programs are. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
