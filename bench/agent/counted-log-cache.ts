import { BlobLogCache } from '../../shared/azure/blob-log-cache';
import type { CachedLog } from '../../shared/ports/log-cache';

/** A cache that remembers the size of every log that was ever looked for and found. */
export class CountedLogCache extends BlobLogCache {
  readonly #arrived = new Map<string, number>();

  override async attempts(replicaId: string, epoch: number, sequence: number): Promise<readonly CachedLog[]> {
    const found = await super.attempts(replicaId, epoch, sequence);
    for (const { attempt, sizeBytes } of found)
      this.#arrived.set([replicaId, epoch, sequence, attempt].join('/'), sizeBytes);
    return found;
  }

  arrivedBytes(replicaId: string): number {
    return [...this.#arrived]
      .filter(([name]) => name.startsWith(replicaId))
      .reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0);
  }
}
