import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../errors';
import {
  logBlobName,
  logContainerName,
  logContainerPrefix,
  parseLogBlobName,
  parseLogContainerName,
} from '../model/log-name';
import type { CachedEpoch, CachedLog, LogCache, LogName } from '../ports/log-cache';
import { isAbsence } from './durable-json';

/**
 * A folder that change logs land in: a folder for each replica and epoch, a file for each upload. What lands is not forced to the
 * disk: whoever sent it keeps it until it was applied, and a torn one does not verify.
 */
export class FileLogCache implements LogCache {
  #drafts = 0;

  constructor(private readonly folder: string) {}

  async createEpoch(replicaId: string, epoch: number): Promise<void> {
    await mkdir(this.#epochFolder(replicaId, epoch), { recursive: true });
  }

  async removeEpoch(replicaId: string, epoch: number): Promise<void> {
    await rm(this.#epochFolder(replicaId, epoch), { recursive: true, force: true });
  }

  async *epochs(replicaId?: string): AsyncIterable<CachedEpoch> {
    const prefix = logContainerPrefix(replicaId);
    for (const name of (await namesIn(this.folder)).sort()) {
      const epoch = name.startsWith(prefix) ? parseLogContainerName(name) : undefined;
      if (epoch !== undefined) yield epoch;
    }
  }

  async attempts(replicaId: string, epoch: number, sequence: number): Promise<readonly CachedLog[]> {
    const first = logBlobName(sequence, 0);
    return this.#logs(replicaId, epoch, (name) => name === first || name.startsWith(`${first}.`));
  }

  async *list(replicaId: string, epoch: number, fromSequence: number): AsyncIterable<CachedLog> {
    const from = logBlobName(fromSequence, 0);
    yield* await this.#logs(replicaId, epoch, (name) => name >= from);
  }

  async *read(name: LogName): AsyncIterable<Uint8Array> {
    try {
      yield* createReadStream(this.#path(name)) as AsyncIterable<Buffer>;
    } catch (error) {
      throw isAbsence(error) ? new LifeboatError('NotFound', `There is no log ${name.sequence}.`) : error;
    }
  }

  /** Linked into place when it is whole, which refuses where there is one already. */
  async put(name: LogName, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    const draft = `${path}.draft${(this.#drafts += 1)}`;
    try {
      await writeFile(draft, bytes, { mode: 0o600 });
      await link(draft, path);
    } catch (error) {
      if (isAbsence(error)) throw new LifeboatError('NotFound', 'The container of this epoch is gone.');
      if (isThere(error)) throw new LifeboatError('Conflict', 'This log is there already.');
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async remove(name: LogName): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  async #logs(
    replicaId: string,
    epoch: number,
    isWanted: (name: string) => boolean,
  ): Promise<readonly CachedLog[]> {
    const folder = this.#epochFolder(replicaId, epoch);
    const logs: CachedLog[] = [];
    for (const name of await namesIn(folder)) {
      const parsed = isWanted(name) ? parseLogBlobName(name) : undefined;
      const sizeBytes = parsed === undefined ? undefined : await sizeOf(join(folder, name));
      if (parsed !== undefined && sizeBytes !== undefined) {
        logs.push({ replicaId, epoch, ...parsed, sizeBytes });
      }
    }
    return logs.sort((left, right) => left.sequence - right.sequence || left.attempt - right.attempt);
  }

  #epochFolder(replicaId: string, epoch: number): string {
    return join(this.folder, logContainerName(replicaId, epoch));
  }

  #path({ replicaId, epoch, sequence, attempt }: LogName): string {
    return join(this.#epochFolder(replicaId, epoch), logBlobName(sequence, attempt));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function isThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
