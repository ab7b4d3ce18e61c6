import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freeSocketPath } from './free-socket-path';

/** Keeps a second agent off the same folder: two that seal the same numbers would tear the stream. */
export async function claimFolder(folder: string): Promise<{ release(): void }> {
  const path = join(folder, 'claim');
  await freeSocketPath(path).catch((cause: unknown) => {
    throw new Error(`another agent already uses ${folder}`, { cause });
  });
  const server = createServer((socket) => socket.destroy()).listen(path);
  await once(server, 'listening');
  server.unref();
  return { release: () => void server.close() };
}
