import type { LogCache } from '../../ports/log-cache';
import { findLog, type LogSearch } from './find-log';
import { MemoryOfTwo } from './log-memory';
import type { LogPlace } from './verified-log';

/** Where a log is looked for before its turn. Its chain is always known: it follows a log that is in hand. */
type PlaceAhead = LogPlace & { readonly previousDigest: string };

/**
 * Finds the logs of one replica one after the other, and the next of them while its forerunner is applied: never more
 * than one ahead. What was found ahead is used only for exactly the place it was looked for in; the position decides.
 */
export class LogSearches {
  #ahead: { readonly place: PlaceAhead; readonly search: Promise<LogSearch | undefined> } | undefined;

  readonly #memory: MemoryOfTwo;

  constructor(
    private readonly cache: LogCache,
    inMemoryLimitBytes: number,
  ) {
    this.#memory = new MemoryOfTwo(inMemoryLimitBytes);
  }

  /** What was found before is not to be read any more: its room is used again. */
  async find(place: PlaceAhead): Promise<LogSearch> {
    const ahead = this.#ahead;
    const found = await this.drop();
    // What was not there then may have come since, and what failed then fails again, in its turn.
    if (ahead !== undefined && isSame(ahead.place, place) && found?.kind === 'found') return found;
    return findLog(this.cache, place, this.#memory);
  }

  lookAhead(place: PlaceAhead): void {
    const search = findLog(this.cache, place, this.#memory).catch(() => undefined);
    this.#ahead = { place, search };
  }

  /** Forgets what was found ahead, once nothing of it is under way any more. Safe to repeat. */
  async drop(): Promise<LogSearch | undefined> {
    const found = await this.#ahead?.search;
    this.#ahead = undefined;
    return found;
  }
}

function isSame(left: PlaceAhead, right: PlaceAhead): boolean {
  return (
    left.replicaId === right.replicaId &&
    left.position.epoch === right.position.epoch &&
    left.position.sequence === right.position.sequence &&
    left.previousDigest === right.previousDigest &&
    left.diskSizeBytes === right.diskSizeBytes
  );
}
