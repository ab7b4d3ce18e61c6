import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How one part is run. */
export interface Program {
  readonly name: string;
  /** A JavaScript file. */
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The line of its standard output that says it is serving. */
  readonly ready: RegExp;
}

export interface Line {
  readonly from: string;
  readonly text: string;
  readonly isError: boolean;
}

/** One run of a program, from its start to its end. */
export class Child {
  /** Resolves when it serves; rejects, with what it last said, if it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #lastErrors: string[] = [];

  constructor(program: Program, preload: string, onLine: (line: Line) => void) {
    // A group of its own: Ctrl-C reaches the supervisor alone, which then ends its parts in order.
    this.#process = spawn(process.execPath, ['--require', preload, program.file, ...program.arguments], {
      env: { ...process.env, ...program.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.ended = this.#whenEnded();
    this.ready = this.#whenReady(program, onLine);
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Asks it to end, and makes it end when it does not. */
  async stop(graceInMs: number): Promise<void> {
    this.#process.kill('SIGTERM');
    const alarm = new AbortController();
    const late = sleep(graceInMs, 'late', { signal: alarm.signal }).catch(() => 'ended');
    if ((await Promise.race([this.ended, late])) === 'late') this.kill();
    alarm.abort();
    await this.ended;
  }

  #whenEnded(): Promise<string> {
    return new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(error.message));
      this.#process.once('exit', (code, signal) => {
        const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
        // What it said last may still be in the pipe; a grandchild could hold the pipe open for ever.
        const report = setTimeout(() => resolve(how), 200);
        this.#process.once('close', () => {
          clearTimeout(report);
          resolve(how);
        });
      });
    });
  }

  async #whenReady(program: Program, onLine: (line: Line) => void): Promise<void> {
    const serving = new Promise<void>((resolve) => {
      const hear = (text: string, isError: boolean): void => {
        if (!isError && program.ready.test(text)) resolve();
        if (isError) this.#lastErrors.push(text);
        if (this.#lastErrors.length > 20) this.#lastErrors.shift();
        onLine({ from: program.name, text, isError });
      };
      const { stdout, stderr } = this.#process;
      if (stdout !== null) createInterface({ input: stdout }).on('line', (text) => hear(text, false));
      if (stderr !== null) createInterface({ input: stderr }).on('line', (text) => hear(text, true));
    });
    const how = await Promise.race([serving, this.ended]);
    if (how !== undefined) {
      throw new Error([`${program.name} ended before it served: ${how}`, ...this.#lastErrors].join('\n  '));
    }
  }
}
