import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { assert } from '../../shared/assert';
import { verifyChangeLog } from '../../shared/formats/change-log/verify-change-log';
import type { SealedLog } from '../stream/log-sealer';
import { Turn } from '../system/turn';
import { replaceFile } from './durable-file';
import { FreshLogs } from './fresh-logs';
import type { SpoolCipher } from './spool-cipher';

/** The last log sealed, or at sequence 0 the epoch's base: what the next log is chained to. */
const Head = z.object({
  epoch: z.int().min(1),
  sequence: z.int().nonnegative(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /**
   * Which boot of the machine sealed it: what a power cut took is not known, so another boot's spool proves nothing, unless it was
   * handed over.
   */
  bootId: z.string(),
  /** What the cache was known to hold when it was sealed. Only a hint: what is missing there is asked for. */
  uploaded: z.int().nonnegative().default(0),
});
export type SpoolHead = Omit<z.infer<typeof Head>, 'uploaded'>;

export interface SpooledLog {
  readonly sequence: number;
  readonly sizeBytes: number;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly cipher: SpoolCipher;
  readonly bootId: string;
}

const handedOver = 'handed over';
const givenUp = 'the epoch was given up while its log was sealed';

const logName = /^(\d{11})\.log$/;

/**
 * The sealed logs of one replica's epoch that are not durable at the target yet, on the agent's own disk. A number is
 * sealed once: the file is in place before the head names it, and a head that is ahead of its files proves a loss.
 */
export class ReplicaSpool {
  readonly #options: SpoolOptions;
  #head: SpoolHead | undefined;
  readonly #logs = new Map<number, SpooledLog>();
  readonly #freeTurn = new Turn();
  readonly #fresh = new FreshLogs();
  #sizeBytes = 0;
  #timesGivenUp = 0;
  /** How far the cache holds the epoch; the next log that is sealed keeps it for whoever opens the spool next. */
  uploaded = 0;

  private constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Opens what is there. Without a head afterwards, nothing could be proved and the epoch is lost. */
  static async open(options: SpoolOptions): Promise<ReplicaSpool> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const spool = new ReplicaSpool(options);
    await spool.#load();
    return spool;
  }

  get head(): SpoolHead | undefined {
    return this.#head;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  sizeBytesOf(sequence: number): number {
    return this.#logs.get(sequence)?.sizeBytes ?? 0;
  }

  /** What waits, in order. */
  get logs(): readonly SpooledLog[] {
    return [...this.#logs.values()].sort((left, right) => left.sequence - right.sequence);
  }

  /** Starts an epoch; whatever an older one left is removed. */
  async begin(epoch: number, chainHead: string): Promise<void> {
    this.#head = undefined;
    await rm(this.#headPath(), { force: true });
    await this.freeThrough(Infinity);
    await this.#removeUnnamed();
    this.uploaded = 0;
    await this.#moveHead({ epoch, sequence: 0, digest: chainHead, bootId: this.#options.bootId });
  }

  /** Keeps the next log for good, which `seal` puts where it is told. */
  async keep(sequence: number, seal: (path: string) => Promise<SealedLog>): Promise<void> {
    const head = this.#head;
    assert(
      head !== undefined && sequence === head.sequence + 1,
      `log ${sequence} is not the next of the spool`,
    );
    const { bytes, digest } = await seal(this.#logPath(sequence));
    if (this.#head !== head) throw new Error(givenUp);
    await this.#moveHead({ ...head, sequence, digest });
    // Only now may it be sent: a head that could not be moved has the number sealed once more.
    this.#note(sequence, bytes.byteLength);
    this.#fresh.keep(sequence, bytes);
  }

  /** The bytes of a log as they were sealed, or nothing if it is not here any more. */
  async read(sequence: number): Promise<Uint8Array | undefined> {
    if (!this.#logs.has(sequence)) return undefined;
    return this.#fresh.take(sequence) ?? this.#options.cipher.open(await readFile(this.#logPath(sequence)));
  }

  /** Everything is on the disk, and nothing is sealed here any more: whoever opens the spool next, in whatever boot, goes on with it. */
  async handOver(): Promise<void> {
    if (this.#head !== undefined) await this.#moveHead({ ...this.#head, bootId: handedOver });
  }

  /** Nothing of this epoch can be proved any more, now or by whoever opens the spool next. */
  giveUp(): void {
    this.#timesGivenUp++;
    if (this.#head === undefined) return;
    this.#head = undefined;
    this.#removeHead();
  }

  /** Frees every log up to this one: the target holds them durably. */
  async freeThrough(sequence: number): Promise<void> {
    const freed = this.logs.filter((log) => log.sequence <= sequence);
    // Two answers of the service may be taken in at once: each log is freed by one of them.
    await this.#freeTurn.take(async () => {
      for (const log of freed) {
        if (this.#logs.get(log.sequence) !== log) continue;
        this.#fresh.take(log.sequence);
        await rm(this.#logPath(log.sequence), { force: true });
        this.#logs.delete(log.sequence);
        this.#sizeBytes -= log.sizeBytes;
      }
    });
  }

  /** Logs that were in place when their epoch was given up, before the head named them. */
  async #removeUnnamed(): Promise<void> {
    const { folder } = this.#options;
    for (const name of await readdir(folder)) if (logName.test(name)) await rm(join(folder, name));
  }

  async #load(): Promise<void> {
    const head = Head.safeParse(await readJson(this.#headPath()));
    for (const name of await readdir(this.#options.folder)) {
      const match = logName.exec(name);
      if (match === null) continue;
      const { size } = await stat(join(this.#options.folder, name));
      this.#note(Number(match[1]), size);
    }
    const { bootId } = this.#options;
    if (!head.success || ![bootId, handedOver].includes(head.data.bootId)) return;
    const { uploaded, ...known } = head.data;
    this.uploaded = uploaded;
    this.#head = await this.#proved(known);
    // Taken over once: what this boot leaves behind has to be proved again.
    if (this.#head !== undefined && head.data.bootId === handedOver)
      await this.#moveHead({ ...this.#head, bootId });
  }

  /** The head, moved over a log that was put in place just before the agent died, or nothing if a log is missing. */
  async #proved(head: SpoolHead): Promise<SpoolHead | undefined> {
    const sequences = this.logs.map((log) => log.sequence);
    const isContiguous = sequences.every(
      (sequence, index) => index === 0 || sequence === (sequences[index - 1] ?? 0) + 1,
    );
    const newest = sequences.at(-1) ?? head.sequence;
    if (!isContiguous || newest > head.sequence + 1 || newest < head.sequence) return undefined;
    if (newest === head.sequence) return head;
    const bytes = await this.read(newest);
    if (bytes === undefined) return undefined;
    const { header, digest } = await verifyChangeLog(once(bytes));
    if (header.previousDigest !== head.digest || header.epoch !== head.epoch) return undefined;
    const moved = { ...head, sequence: newest, digest };
    await this.#moveHead(moved);
    return moved;
  }

  async #moveHead(head: SpoolHead): Promise<void> {
    const before = this.#timesGivenUp;
    await replaceFile(this.#headPath(), [Buffer.from(JSON.stringify({ ...head, uploaded: this.uploaded }))]);
    if (this.#timesGivenUp !== before) {
      this.#removeHead();
      throw new Error(givenUp);
    }
    this.#head = head;
  }

  #removeHead(): void {
    try {
      rmSync(this.#headPath(), { force: true });
    } catch {
      // A file system that lets nothing be removed comes back with another boot, which proves nothing either.
    }
  }

  #note(sequence: number, sizeBytes: number): void {
    this.#sizeBytes += sizeBytes - (this.#logs.get(sequence)?.sizeBytes ?? 0);
    this.#logs.set(sequence, { sequence, sizeBytes });
  }

  #headPath(): string {
    return join(this.#options.folder, 'head.json');
  }

  #logPath(sequence: number): string {
    return join(this.#options.folder, `${String(sequence).padStart(11, '0')}.log`);
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
