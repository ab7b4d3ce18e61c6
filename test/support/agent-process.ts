import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from './eventually';
import { hear } from './logs/hear';
import { NbdClient } from './nbd-client';

export interface AgentProcessOptions {
  readonly url: string;
  readonly folder: string;
  /** `path:export` for each disk. */
  readonly disks: readonly string[];
  readonly machineId: string;
  /** Its id, unless people know it by another name. */
  readonly name?: string;
  readonly token: string;
  readonly certificateAuthorityFile?: string;
  readonly sealIntervalInMs?: number;
  readonly arguments?: readonly string[];
  /** Another build of the agent than this project's. */
  readonly program?: string;
  /** A command that starts the one that follows it. */
  readonly launcher?: readonly string[];
}

/** The built agent as a process of its own, to be killed and started again on the same folder. */
export class AgentProcess {
  /** What it wrote to its log. */
  readonly lines: string[] = [];
  readonly #options: AgentProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: AgentProcessOptions) {
    this.#options = options;
  }

  get socketPath(): string {
    return join(this.#options.folder, 'nbd.socket');
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(): void {
    const {
      url,
      folder,
      disks,
      machineId,
      name = machineId,
      token,
      certificateAuthorityFile,
      sealIntervalInMs = 50,
      program = 'dist/agent/main.js',
      launcher = [],
    } = this.#options;
    const [first = '', ...rest] = [...launcher, process.execPath];
    const child = spawn(
      first,
      [
        ...rest,
        program,
        'run',
        ...['--url', url, '--token', token, '--state', join(folder, 'state'), '--listen', this.socketPath],
        ...['--name', name, '--machine-id', machineId, '--seal-interval', String(sealIntervalInMs)],
        ...disks.flatMap((disk) => ['--disk', disk]),
        ...(certificateAuthorityFile === undefined ? [] : ['--ca', certificateAuthorityFile]),
        ...(this.#options.arguments ?? []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.lines.push(line);
      hear({ from: `the agent of ${name}`, line });
    });
    this.#child = child;
  }

  /** A guest's connection, as soon as the agent serves. */
  async connect(exportName: string): Promise<NbdClient> {
    return eventually(async () => {
      if (!existsSync(this.socketPath)) return undefined;
      return NbdClient.connect({ path: this.socketPath }, exportName).catch(() => undefined);
    }, 60_000);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}
