import { type EngineContext } from './context';
import { errorMessage } from './replay/result';
import { forgetInstance } from './state/instances';

const instancesPerSweep = 500;
const longestPauseMs = 3_600_000;

/** Forgets instances that finished long enough ago, a few at a time. */
export class Retention {
  readonly #context: EngineContext;
  readonly #retainForMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(context: EngineContext, retainForMs: number | undefined) {
    this.#context = context;
    this.#retainForMs = retainForMs;
  }

  open(): void {
    if (this.#retainForMs !== undefined) this.#sweepAfter(0);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweepAfter(pauseMs: number): void {
    const { clock } = this.#context;
    this.#cancel = clock.schedule(clock.now() + pauseMs, () => void this.#sweep());
  }

  async #sweep(): Promise<void> {
    const retainForMs = this.#retainForMs ?? Infinity;
    try {
      const swept = await this.#forgetOlderThan(this.#context.clock.now() - retainForMs);
      if (this.#cancel === undefined) return;
      this.#sweepAfter(swept === instancesPerSweep ? 0 : Math.min(retainForMs / 2, longestPauseMs));
    } catch (error) {
      this.#context.log('error', `Finished instances were not swept: ${errorMessage(error)}`);
    }
  }

  #forgetOlderThan(limitMs: number): Promise<number> {
    return this.#context.commit((database) => {
      const rows = database.all<{ id: string }>(
        'SELECT id FROM instance WHERE finished IS NOT NULL AND finished < ? LIMIT ?',
        ...[limitMs, instancesPerSweep],
      );
      for (const { id } of rows) forgetInstance(database, id);
      return rows.length;
    });
  }
}
