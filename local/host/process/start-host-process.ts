import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { HostError } from '../host-error';
import { hostArguments, type HostProcessOptions } from './host-arguments';
import { ListeningMessage } from './listening-message';

export interface StartHostProcessOptions extends HostProcessOptions {
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Starts a dead worker again. Off: the process is the worker itself. */
  readonly isSupervised?: boolean;
  /** The compiled main.js; the one beside this module when it is left out. */
  readonly entryFile?: string;
  /** Every line the process writes, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface HostProcess {
  readonly port: number;
  readonly httpsPort: number | undefined;
  /** The worker's: the process that runs the functions. */
  readonly pid: number;
  /** Everything written so far, line by line. */
  readonly logs: readonly string[];
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Lets running functions end. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts a host as a process of its own; resolves when it serves, rejects with what it said when it does not come up. */
export async function startHostProcess(options: StartHostProcessOptions): Promise<HostProcess> {
  const entryFile = options.entryFile ?? path.join(__dirname, '..', 'main.js');
  const supervision = options.isSupervised === true ? [] : ['--no-supervisor'];
  const child = spawn(process.execPath, [entryFile, ...hostArguments(options), ...supervision], {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const logs: string[] = [];
  collectLines(child, (line) => {
    logs.push(line);
    options.onLine?.(line);
  });
  const exited = new Promise<Awaited<HostProcess['exited']>>((resolve) => {
    // 'close' comes after the last line of output.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const state = await firstListening(child, exited, logs);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return {
    port: state.latest.port,
    httpsPort: state.latest.httpsPort ?? undefined,
    get pid() {
      return state.latest.pid;
    },
    logs,
    exited,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function firstListening(
  child: ChildProcess,
  exited: HostProcess['exited'],
  logs: readonly string[],
): Promise<{ latest: ListeningMessage }> {
  return new Promise((resolve, reject) => {
    let state: { latest: ListeningMessage } | undefined;
    child.on('message', (message) => {
      const { data } = ListeningMessage.safeParse(message);
      if (data === undefined) return;
      if (state !== undefined) state.latest = data;
      else resolve((state = { latest: data }));
    });
    child.once('error', reject);
    void exited.then(({ code, signal }) => {
      reject(
        new HostError(`The host did not start (${signal ?? `exit code ${code ?? 0}`}):\n${logs.join('\n')}`),
      );
    });
  });
}

function collectLines(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    });
    stream?.on('end', () => {
      if (rest !== '') take(rest);
    });
  }
}
