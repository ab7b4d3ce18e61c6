import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { dataBytesOf } from '../capture/packed-writes';
import { SlabMemory } from '../capture/slab-memory';
import { SpoolCipher } from '../spool/spool-cipher';
import type { LogSealer, SealedLog, SealRequest } from './log-sealer';
import { PlainSealer } from './plain-sealer';
import type { SealAnswer, SealQuestion } from './sealing-thread-main';

interface Waiting {
  readonly resolve: (sealed: SealedLog) => void;
  readonly reject: (error: Error) => void;
}

/** Up to here another thread costs more than it gives. */
const smallBytes = 512 * 1024;

/** Seals in a thread of its own, so that guests are served meanwhile; small logs at once. The thread begins with the first large one. */
export class SealingThread implements LogSealer {
  readonly #plain: LogSealer;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #asked = 0;

  constructor(
    private readonly key: Uint8Array,
    private readonly memory = new SlabMemory(),
    private readonly program = join(__dirname, 'sealing-thread-main.js'),
  ) {
    this.#plain = new PlainSealer(new SpoolCipher(key));
  }

  seal(request: SealRequest): Promise<SealedLog> {
    if (dataBytesOf(request.writes) <= smallBytes) return this.#sealHere(request);
    const { table, memory } = request.writes;
    const question: SealQuestion = { id: ++this.#asked, ...request };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.#thread().postMessage(question, [table.buffer, ...memory]);
    });
  }

  async #sealHere(request: SealRequest): Promise<SealedLog> {
    const sealed = await this.#plain.seal(request);
    this.memory.give(request.writes.memory);
    return sealed;
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
    if ('sealed' in answer) {
      this.memory.give(answer.memory);
      waiting?.resolve(answer.sealed);
    } else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
  }

  #end(worker: Worker, error: Error): void {
    // Whoever fails also exits, and another may have begun by then.
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
