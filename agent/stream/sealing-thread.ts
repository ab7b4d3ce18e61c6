import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogSealer, SealedLog, SealRequest } from './log-sealer';
import { packWrites } from './packed-writes';
import type { SealAnswer, SealQuestion } from './sealing-thread-main';

interface Waiting {
  readonly resolve: (sealed: SealedLog) => void;
  readonly reject: (error: Error) => void;
}

/** Seals in a thread of its own, so that guests are served meanwhile. */
export class SealingThread implements LogSealer {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #asked = 0;

  constructor(
    private readonly key: Uint8Array,
    private readonly program = join(__dirname, 'sealing-thread-main.js'),
  ) {}

  seal({ header, extents, path }: SealRequest): Promise<SealedLog> {
    const writes = packWrites(extents);
    const question: SealQuestion = { id: ++this.#asked, header, writes, path };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.#thread().postMessage(question, writes.memory);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** The thread, started anew if it has died. */
  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.program, { workerData: this.key });
    worker.on('message', (answer: SealAnswer) => this.#take(answer));
    worker.on('error', (error) => this.#end(worker, error));
    worker.on('exit', () => this.#end(worker, new Error('the sealing thread has ended')));
    this.#worker = worker;
    return worker;
  }

  #take(answer: SealAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('sealed' in answer) waiting?.resolve(answer.sealed);
    else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
  }

  #end(worker: Worker, error: Error): void {
    // Whoever fails also exits, and another may have begun by then.
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
