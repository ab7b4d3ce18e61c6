import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CatalogueProcess {
  readonly port: number;
  /** Ends it at once, wherever it is. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<number | null>;
}

/** Runs the compiled server as a process of its own, on a free port. */
export async function startCatalogueProcess(dataFolder: string, key: string): Promise<CatalogueProcess> {
  const child = spawn(
    process.execPath,
    ['dist/local/cosmos/main.js', '--port', '0', '--data', dataFolder, '--key', key],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stderr.pipe(process.stderr, { end: false });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const port = await portOf(child);
  return {
    port,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', (code) => reject(new Error(`the catalogue ended with ${code} before it listened`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /^listening (\d+)$/m.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
