import { rmSync } from 'node:fs';
import { connect } from 'node:net';

/** Removes the socket that a killed process left behind. Rejects if a living one listens there. */
export async function freeSocketPath(path: string): Promise<void> {
  const answer = await new Promise<'answered' | 'refused' | 'absent'>((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('answered');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve('refused');
      else if (error.code === 'ENOENT') resolve('absent');
      else reject(error);
    });
  });
  if (answer === 'answered') throw new Error(`another process listens on ${path}`);
  if (answer === 'refused') rmSync(path, { force: true });
}
