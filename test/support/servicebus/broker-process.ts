import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entities } from '../../../local/servicebus';

export interface BrokerProcess {
  readonly port: number;
  /** Ends the process at once, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
}

export const trialKey = 'dHJpYWw=';
const program = join(__dirname, '../../../dist/local/servicebus/main.js');

/** Runs the built broker as a process of its own, on any free port. */
export async function startBrokerProcess(folder: string, entities: Entities): Promise<BrokerProcess> {
  const file = join(folder, 'entities.json');
  writeFileSync(file, JSON.stringify(entities));
  const options = ['--port', '0', '--data', folder, '--entities', file, '--key', trialKey];
  const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr, { end: false });
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await listeningPort(child, gone);
  return {
    port,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    stop: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

function listeningPort(child: ChildProcess, gone: Promise<unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const port = /listening (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    void gone.then(() => reject(new Error(`the broker ended before it listened: ${output}`)));
  });
}
