import { isRefusal } from '../../errors';
import type { CachedLog, LogCache } from '../../ports/log-cache';
import type { LogMemory } from './log-memory';
import { isLogFault, verifyLog, type LogPlace, type VerifiedLog } from './verified-log';

/** What the cache holds of one sequence. */
export type LogSearch =
  | { readonly kind: 'found'; readonly log: VerifiedLog; readonly names: readonly CachedLog[] }
  /** Nothing has arrived, or everything that has is bad: the upload of this attempt would help. */
  | { readonly kind: 'missing'; readonly attempt: number; readonly faults: readonly string[] }
  /** It was taken away while it was read: the replica must have moved on. */
  | { readonly kind: 'gone' };

/** The upload with the lowest attempt that verifies. */
export async function findLog(cache: LogCache, place: LogPlace, memory: LogMemory): Promise<LogSearch> {
  const { epoch, sequence } = place.position;
  const names = await cache.attempts(place.replicaId, epoch, sequence);
  const faults: string[] = [];
  for (const name of names) {
    try {
      const bytes = { sizeBytes: name.sizeBytes, read: () => cache.read(name) };
      const log = await verifyLog(bytes, place, memory);
      return { kind: 'found', log, names };
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return { kind: 'gone' };
      if (!isLogFault(error)) throw error;
      faults.push(error.code);
    }
  }
  return { kind: 'missing', attempt: (names.at(-1)?.attempt ?? -1) + 1, faults };
}
