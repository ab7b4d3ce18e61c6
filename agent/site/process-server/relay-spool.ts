import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  logBlobName,
  logContainerName,
  parseLogBlobName,
  parseLogContainerName,
} from '../../../shared/model/log-name';
import type { LogName } from '../../../shared/ports/log-cache';
import { replaceFile } from '../../spool/durable-file';
import type { SpoolCipher } from '../../spool/spool-cipher';

interface Waiting {
  readonly name: LogName;
  readonly sizeBytes: number;
}

/**
 * Logs on their way through a process server, encrypted on its own disk. What is lost with it is sent again by who sealed it: an agent
 * frees nothing that its target does not hold.
 */
export class RelaySpool {
  readonly #waiting = new Map<string, Waiting>();
  #sizeBytes = 0;

  private constructor(
    private readonly folder: string,
    private readonly cipher: SpoolCipher,
  ) {}

  /** Opens what is there; what was being written when the server died is not. */
  static async open(folder: string, cipher: SpoolCipher): Promise<RelaySpool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const spool = new RelaySpool(folder, cipher);
    for (const container of await readdir(folder)) {
      const epoch = parseLogContainerName(container);
      if (epoch === undefined) continue;
      for (const file of await readdir(join(folder, container))) {
        const log = parseLogBlobName(file);
        const path = join(folder, container, file);
        if (log === undefined) await rm(path, { force: true });
        else spool.#note({ ...epoch, ...log }, (await stat(path)).size);
      }
    }
    return spool;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  has(name: LogName): boolean {
    return this.#waiting.has(keyOf(name));
  }

  async keep(name: LogName, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const parts = this.cipher.seal(bytes);
    await replaceFile(path, parts);
    this.#note(
      name,
      parts.reduce((sum, part) => sum + part.byteLength, 0),
    );
  }

  /** What was kept; undefined where it cannot be read as it was. */
  async read(name: LogName): Promise<Buffer | undefined> {
    return this.cipher.open(await readFile(this.#path(name)));
  }

  async remove(name: LogName): Promise<void> {
    await rm(this.#path(name), { force: true });
    this.#sizeBytes -= this.#waiting.get(keyOf(name))?.sizeBytes ?? 0;
    this.#waiting.delete(keyOf(name));
  }

  async removeEpoch(replicaId: string, epoch: number): Promise<void> {
    for (const name of this.logsOf(replicaId, epoch)) await this.remove(name);
    await rm(join(this.folder, logContainerName(replicaId, epoch)), { recursive: true, force: true });
  }

  /** The replicas that something waits for, each with its epochs, older ones first. */
  get epochs(): readonly { readonly replicaId: string; readonly epoch: number }[] {
    const epochs = new Map<string, { replicaId: string; epoch: number }>();
    for (const { name } of this.#waiting.values()) {
      const { replicaId, epoch } = name;
      epochs.set(logContainerName(replicaId, epoch), { replicaId, epoch });
    }
    return [...epochs.values()].sort((left, right) => left.epoch - right.epoch);
  }

  /** What waits of one epoch, in the order it was sealed in. */
  logsOf(replicaId: string, epoch: number): readonly LogName[] {
    return [...this.#waiting.values()]
      .map(({ name }) => name)
      .filter((name) => name.replicaId === replicaId && name.epoch === epoch)
      .sort((left, right) => left.sequence - right.sequence || left.attempt - right.attempt);
  }

  #note(name: LogName, sizeBytes: number): void {
    this.#sizeBytes += sizeBytes - (this.#waiting.get(keyOf(name))?.sizeBytes ?? 0);
    this.#waiting.set(keyOf(name), { name, sizeBytes });
  }

  #path({ replicaId, epoch, sequence, attempt }: LogName): string {
    return join(this.folder, logContainerName(replicaId, epoch), logBlobName(sequence, attempt));
  }
}

function keyOf({ replicaId, epoch, sequence, attempt }: LogName): string {
  return `${replicaId}/${epoch}/${logBlobName(sequence, attempt)}`;
}
