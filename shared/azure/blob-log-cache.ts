import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { present } from '../assert';
import {
  logBlobName,
  logContainerName,
  logContainerPrefix,
  parseLogBlobName,
  parseLogContainerName,
} from '../model/log-name';
import type { CachedEpoch, CachedLog, LogCache, LogName } from '../ports/log-cache';
import { chunksOf } from './download';
import { isAnswer, removing, translating } from './storage-refusals';

/** Change logs in the cache account: a container for each epoch of each replica, a blob for each upload. */
export class BlobLogCache implements LogCache {
  constructor(private readonly cache: BlobServiceClient) {}

  async createEpoch(replicaId: string, epoch: number): Promise<void> {
    await this.#container(replicaId, epoch).createIfNotExists();
  }

  async removeEpoch(replicaId: string, epoch: number): Promise<void> {
    await this.#container(replicaId, epoch).deleteIfExists();
  }

  async *epochs(replicaId?: string): AsyncGenerator<CachedEpoch> {
    for await (const { name } of this.cache.listContainers({ prefix: logContainerPrefix(replicaId) })) {
      const epoch = parseLogContainerName(name);
      if (epoch !== undefined) yield epoch;
    }
  }

  /**
   * Asks for one name after the other, because asking costs a tenth of listing. The end is where none is found; the
   * first may be missing (it was bad, and removed) and the next be there.
   */
  async attempts(replicaId: string, epoch: number, sequence: number): Promise<readonly CachedLog[]> {
    const found: CachedLog[] = [];
    for (let attempt = 0; ; attempt += 1) {
      const log = await this.#look({ replicaId, epoch, sequence, attempt });
      if (log !== undefined) found.push(log);
      else if (attempt > 0) return found;
    }
  }

  async *list(replicaId: string, epoch: number, fromSequence: number): AsyncGenerator<CachedLog> {
    try {
      for await (const { name, properties } of this.#container(replicaId, epoch).listBlobsFlat()) {
        const log = parseLogBlobName(name);
        if (log === undefined || log.sequence < fromSequence) continue;
        const sizeBytes = present(properties.contentLength, 'the length of a log');
        yield { replicaId, epoch, ...log, sizeBytes };
      }
    } catch (error) {
      if (!isAnswer(error, 404)) throw error;
    }
  }

  async *read(name: LogName): AsyncGenerator<Uint8Array> {
    const answer = await translating(this.#blob(name).download(), { 404: 'NotFound' });
    yield* chunksOf(answer);
  }

  async put(name: LogName, bytes: Uint8Array): Promise<void> {
    await translating(this.#blob(name).upload(bytes, bytes.length, { conditions: { ifNoneMatch: '*' } }), {
      404: 'NotFound',
      409: 'Conflict',
      412: 'Conflict',
    });
  }

  async remove(name: LogName): Promise<void> {
    await removing(this.#blob(name).deleteIfExists());
  }

  async #look(name: LogName): Promise<CachedLog | undefined> {
    try {
      const { contentLength } = await this.#blob(name).getProperties();
      return { ...name, sizeBytes: present(contentLength, 'the length of a log') };
    } catch (error) {
      if (isAnswer(error, 404)) return undefined;
      throw error;
    }
  }

  #blob({ replicaId, epoch, sequence, attempt }: LogName): ReturnType<ContainerClient['getBlockBlobClient']> {
    return this.#container(replicaId, epoch).getBlockBlobClient(logBlobName(sequence, attempt));
  }

  #container(replicaId: string, epoch: number): ContainerClient {
    return this.cache.getContainerClient(logContainerName(replicaId, epoch));
  }
}
