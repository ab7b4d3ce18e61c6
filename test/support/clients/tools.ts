import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** The system's own Python: the official client comes with the distribution. */
const python = '/usr/bin/python3';
const run = promisify(execFile);

export const hasPythonClient =
  spawnSync(python, ['-c', 'import azure.mgmt.recoveryservicessiterecovery']).status === 0;
export const hasAz = spawnSync('az', ['--version']).status === 0;

/** What a client has to know; `authorityFile` says whom to trust. */
export interface Sight {
  readonly endpoint: string;
  readonly token: string;
  readonly authorityFile: string;
}

/** A Python program that says a line after each step, and waits for a line where it is told to. */
export class PythonProgram {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  #mistakes = '';

  constructor(file: string, { authorityFile }: Sight, words: Readonly<Record<string, string>>) {
    const env = { PATH: process.env['PATH'] ?? '', REQUESTS_CA_BUNDLE: authorityFile, ...words };
    this.#child = spawn(python, [resolve(file)], { env });
    this.#child.stderr.on('data', (part: Buffer) => (this.#mistakes += part.toString()));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line it says. */
  async says(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the program ended: ${this.#mistakes}`);
    return value;
  }

  goOn(): void {
    this.#child.stdin.write('\n');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}

/** `az rest`, with a folder of its own for what it keeps. */
export class AzRest {
  readonly #folder = mkdtempSync(join(tmpdir(), 'az-'));

  constructor(private readonly sight: Sight) {}

  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const { endpoint, token, authorityFile } = this.sight;
    const words = ['rest', '--method', method, '--url', `${endpoint}${path}?api-version=2023-06-01`];
    const signed = ['--skip-authorization-header', '--headers', `Authorization=Bearer ${token}`];
    const said = body === undefined ? [] : ['--body', JSON.stringify(body)];
    const env = {
      PATH: process.env['PATH'] ?? '',
      AZURE_CONFIG_DIR: this.#folder,
      AZURE_CORE_COLLECT_TELEMETRY: 'false',
      REQUESTS_CA_BUNDLE: authorityFile,
    };
    const { stdout } = await run('az', [...words, ...signed, ...said, '--output', 'json'], { env });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
