import { type ChildProcess, fork } from 'node:child_process';
import { exitCodes } from './exit-codes';
import { hostArguments, type HostProcessOptions } from './host-arguments';
import { ListeningMessage } from './listening-message';

const firstPauseInMs = 250;
const longestPauseInMs = 10_000;
/** A worker that served this long was well; its end is a new trouble, not the old one. */
const healthyAfterInMs = 30_000;

/** Keeps one worker process alive: starts it again, with a growing pause, when it dies; ends when it is told to. */
export function superviseHost(options: HostProcessOptions): void {
  new Supervisor(options).start();
}

class Supervisor {
  #options: HostProcessOptions;
  #worker: ChildProcess | undefined;
  #failures = 0;
  #listeningSinceMs: number | undefined;
  #isStopping = false;

  constructor(options: HostProcessOptions) {
    this.#options = options;
  }

  start(): void {
    const stop = (): void => this.#stop();
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('disconnect', stop);
    this.#fork();
  }

  #fork(): void {
    this.#listeningSinceMs = undefined;
    const worker = fork(process.argv[1] ?? __filename, [...hostArguments(this.#options), '--no-supervisor']);
    this.#worker = worker;
    worker.on('message', (message) => this.#heard(message));
    worker.on('exit', (code, signal) => this.#ended(code, signal));
  }

  #heard(message: unknown): void {
    const { data } = ListeningMessage.safeParse(message);
    if (data === undefined) return;
    this.#listeningSinceMs = performance.now();
    // A port that was free by chance has to stay the same over a restart: callers know it by now.
    const { https } = this.#options;
    this.#options = {
      ...this.#options,
      port: data.port,
      ...(https === undefined || data.httpsPort === null
        ? {}
        : { https: { ...https, port: data.httpsPort } }),
    };
    process.send?.(data);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isStopping) return process.exit(code ?? 0);
    if (code === exitCodes.refused) return process.exit(exitCodes.refused);
    const servedInMs = this.#listeningSinceMs === undefined ? 0 : performance.now() - this.#listeningSinceMs;
    this.#failures = servedInMs > healthyAfterInMs ? 1 : this.#failures + 1;
    const pauseInMs = Math.min(longestPauseInMs, firstPauseInMs * 2 ** (this.#failures - 1));
    const how = signal === null ? `with exit code ${code ?? 0}` : `by ${signal}`;
    process.stderr.write(`The host process ended ${how}. Starting it again in ${pauseInMs} ms.\n`);
    setTimeout(() => (this.#isStopping ? process.exit(0) : this.#fork()), pauseInMs);
  }

  #stop(): void {
    const isSecond = this.#isStopping;
    this.#isStopping = true;
    if (this.#worker?.exitCode !== null || this.#worker.signalCode !== null) return process.exit(0);
    this.#worker.kill(isSecond ? 'SIGKILL' : 'SIGTERM');
  }
}
