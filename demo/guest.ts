import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { NbdClient } from '../bench/support/nbd-client';
import { bootSector, noteOf, noteOffsetBytes } from './boot-sector';
import { until } from './until';

export const diskSizeBytes = 32 * 1024 * 1024;
export const blockBytes = 4096;
/** What the boot sector and the note lie in. */
const keptBlocks = 2;
const usedBytes = diskSizeBytes / 2;

export interface Service {
  readonly url: string;
  readonly token: string;
  readonly authorityFile: string;
}

/** A machine with one disk: a file that the agent, a process of its own, serves over NBD. */
export class Guest {
  readonly diskPath: string;
  readonly #socketPath: string;
  #agent: ChildProcess | undefined;
  #client: NbdClient | undefined;

  constructor(
    readonly name: string,
    private readonly folder: string,
    /** How many writes its disk has seen. */
    public writes = 0,
  ) {
    mkdirSync(folder, { recursive: true });
    this.diskPath = join(folder, `${name}.raw`);
    this.#socketPath = join(folder, 'nbd');
  }

  /** A disk whose first half holds something and whose second half is empty, as disks are. */
  makeDisk(): void {
    const file = openSync(this.diskPath, 'w');
    const block = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < diskSizeBytes; at += block.byteLength) {
      if (at < usedBytes) fillWithText(block, at);
      else block.fill(0);
      writeSync(file, block, 0, block.byteLength, at);
    }
    writeSync(file, bootSector(), 0, undefined, 0);
    writeSync(file, this.#note(), 0, undefined, noteOffsetBytes);
    closeSync(file);
  }

  /** A disk that came from elsewhere. */
  takeDisk(content: Buffer): void {
    writeFileSync(this.diskPath, content);
  }

  startAgent({ url, token, authorityFile }: Service, machineId: string): void {
    const program = join(__dirname, '..', 'agent', 'main.js');
    const where = ['--url', url, '--token', token, '--ca', authorityFile, '--state', this.#stateFolder];
    const disk = ['--disk', `${this.diskPath}:disk0`, '--listen', this.#socketPath];
    const who = ['--name', this.name, '--machine-id', machineId, '--seal-interval', '250'];
    this.#agent = spawn(process.execPath, [program, 'run', ...where, ...disk, ...who], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
  }

  async boot(): Promise<void> {
    this.#client = await until('the disk', () => this.#connect());
  }

  /** Writes that say who they are, scattered over the disk, and a note of how many there are now. */
  async write(count: number): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error('the machine has not booted');
    const writes = Array.from({ length: count }, () => {
      const number = ++this.writes;
      const data = Buffer.alloc(blockBytes);
      fillWithText(data, number);
      const block = keptBlocks + ((number * 2_654_435_761) % (diskSizeBytes / blockBytes - keptBlocks));
      return client.write(block * blockBytes, data);
    });
    await Promise.all([...writes, client.write(noteOffsetBytes, this.#note())]);
  }

  /** The disk as it is now. Nobody writes meanwhile. */
  content(): Buffer {
    return readFileSync(this.diskPath);
  }

  /** As a region goes that is lost: in the middle of everything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#client?.close();
    this.#client = undefined;
    const agent = this.#agent;
    if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
    await new Promise((resolve) => {
      agent.once('exit', resolve);
      agent.kill(signal);
    });
  }

  get #stateFolder(): string {
    return join(this.folder, 'agent');
  }

  #note(): Buffer {
    return noteOf(this.name, [`${this.name}: my disk has seen ${this.writes} writes`]);
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
