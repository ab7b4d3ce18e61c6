import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { NbdClient } from '../bench/support/nbd-client';
import { until } from './until';

export const diskSizeBytes = 64 * 1024 * 1024;

/** A machine with one disk: a file that the agent, a process of its own, serves over NBD. */
export class Guest {
  readonly diskPath: string;
  readonly #socketPath: string;
  #agent: ChildProcess | undefined;
  #client: NbdClient | undefined;
  #writes = 0;

  constructor(
    readonly name: string,
    private readonly folder: string,
  ) {
    this.diskPath = join(folder, `${name}.raw`);
    this.#socketPath = join(folder, 'nbd');
  }

  /** The machine as Azure names it. */
  get machineId(): string {
    return `/subscriptions/${'1'.repeat(8)}/resourceGroups/production/providers/Microsoft.Compute/virtualMachines/${this.name}`;
  }

  get writes(): number {
    return this.#writes;
  }

  /** A disk whose first half holds something and whose second half is empty, as disks are. */
  makeDisk(): void {
    const file = openSync(this.diskPath, 'w');
    const block = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < diskSizeBytes; at += block.byteLength) {
      if (at < diskSizeBytes / 2) fillWithText(block, at);
      else block.fill(0);
      writeSync(file, block, 0, block.byteLength, at);
    }
    closeSync(file);
  }

  startAgent(url: string, token: string, authorityFile: string): void {
    const program = join(__dirname, '..', 'agent', 'main.js');
    const where = [
      '--url',
      url,
      '--token',
      token,
      '--ca',
      authorityFile,
      '--state',
      join(this.folder, 'agent'),
    ];
    const what = [
      '--disk',
      `${this.diskPath}:disk0`,
      '--listen',
      this.#socketPath,
      '--name',
      this.name,
      '--machine-id',
      this.machineId,
    ];
    const stdio: ['ignore', 'ignore', 'ignore'] = ['ignore', 'ignore', 'ignore'];
    this.#agent = spawn(process.execPath, [program, 'run', ...where, ...what, '--seal-interval', '250'], {
      stdio,
    });
  }

  async boot(): Promise<void> {
    this.#client = await until('the disk', () => this.#connect());
  }

  /** Writes that say who they are, scattered over the disk. */
  async write(count: number): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error('the machine has not booted');
    const writes = Array.from({ length: count }, () => {
      const number = ++this.#writes;
      const data = Buffer.alloc(4096);
      fillWithText(data, number);
      const block = (number * 2_654_435_761) % (diskSizeBytes / data.byteLength);
      return client.write(block * data.byteLength, data);
    });
    await Promise.all(writes);
  }

  /** The disk as it is now. Nobody writes meanwhile. */
  content(): Buffer {
    return readFileSync(this.diskPath);
  }

  async stop(): Promise<void> {
    this.#client?.close();
    const agent = this.#agent;
    if (agent === undefined || agent.exitCode !== null) return;
    await new Promise((resolve) => {
      agent.once('exit', resolve);
      agent.kill('SIGTERM');
    });
  }

  async #connect(): Promise<NbdClient | undefined> {
    if (this.#agent?.exitCode !== null && this.#agent?.exitCode !== undefined)
      throw new Error('the agent ended');
    if (!existsSync(this.#socketPath)) return undefined;
    return NbdClient.connect({ path: this.#socketPath }, 'disk0').catch(() => undefined);
  }
}

function fillWithText(block: Buffer, number: number): void {
  block.fill(`block ${number} ${createHash('sha256').update(String(number)).digest('hex')} `);
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
