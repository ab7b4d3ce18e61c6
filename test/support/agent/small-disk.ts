import { spawnSync } from 'node:child_process';

const alone = ['unshare', '--user', '--map-root-user', '--mount'];

/** Whether this machine lets its users mount file systems of their own. */
export const canMount = spawnSync('sh', ['-c', `${alone.join(' ')} mount -t tmpfs none /mnt`]).status === 0;

/** Starts the command that follows where this folder is a file system of so many bytes, seen by nobody else. */
export function onSmallDisk(folder: string, sizeBytes: number, prepare = 'true'): readonly string[] {
  const script = `mount -t tmpfs -o size=${sizeBytes} none '${folder}' && ${prepare} && exec "$@"`;
  return [...alone, 'sh', '-c', script, 'sh'];
}
