import { endOf, type Range } from '../../shared/model/extent';

export interface RangeLock {
  release(): void;
}

interface Held {
  readonly range: Range;
  readonly freed: Promise<void>;
}

/** Keeps writes that overlap, and a copy of what is being written, from running at the same time. */
export class RangeLocks {
  readonly #held = new Set<Held>();

  isFree(range: Range): boolean {
    for (const held of this.#held) if (overlap(held.range, range)) return false;
    return true;
  }

  /** The lock, or nothing if a part of the range is taken. */
  tryAcquire(range: Range): RangeLock | undefined {
    if (!this.isFree(range)) return undefined;
    let free: () => void = () => undefined;
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    const held: Held = { range, freed };
    this.#held.add(held);
    return {
      release: () => {
        if (this.#held.delete(held)) free();
      },
    };
  }

  async acquire(range: Range): Promise<RangeLock> {
    for (;;) {
      const lock = this.tryAcquire(range);
      if (lock !== undefined) return lock;
      await Promise.race(
        [...this.#held].filter((held) => overlap(held.range, range)).map((held) => held.freed),
      );
    }
  }

  /** Resolves once nothing is held. */
  async idle(): Promise<void> {
    while (this.#held.size > 0) await Promise.race([...this.#held].map((held) => held.freed));
  }
}

function overlap(left: Range, right: Range): boolean {
  return left.offsetBytes < endOf(right) && right.offsetBytes < endOf(left);
}
