import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NbdClient } from '../support/nbd-client';

/** The agent as people run it, a process of its own. */
export class AgentUnderTest {
  readonly #child: ChildProcess;
  readonly #socket: string;

  constructor(url: string, disk: string, folder: string) {
    this.#socket = join(folder, 'nbd.socket');
    const program = join(__dirname, '..', '..', 'agent', 'main.js');
    this.#child = spawn(
      process.execPath,
      [
        ...[program, 'run', '--url', url, '--token', 'a-registration-token-of-the-bench'],
        ...['--disk', `${disk}:disk`, '--machine-id', 'bench', '--name', 'bench'],
        ...['--state', join(folder, 'state'), '--listen', this.#socket],
      ],
      { stdio: ['ignore', 'ignore', process.env['LIFEBOAT_BENCH_LOG'] === undefined ? 'ignore' : 'inherit'] },
    );
  }

  /** A guest's connection, as soon as the agent serves. */
  async connect(): Promise<NbdClient> {
    for (let tries = 0; tries < 1000; tries += 1) {
      if (existsSync(this.#socket)) {
        const client = await NbdClient.connect({ path: this.#socket }, 'disk').catch(() => undefined);
        if (client !== undefined) return client;
      }
      await pause(20);
    }
    throw new Error('the agent does not serve its disk');
  }

  /** The processor's time it has used, user and system, in seconds. */
  async cpuSeconds(): Promise<number> {
    const fields = (await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async memoryMebibytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}
