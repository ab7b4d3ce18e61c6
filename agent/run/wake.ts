import type { Clock } from '../../shared/ports/clock';

/** Something that waits, and can be woken before its time. Being woken while not waiting is remembered once. */
export class Wake {
  #isDue = false;
  #waiting: AbortController | undefined;

  now(): void {
    this.#isDue = true;
    this.#waiting?.abort();
  }

  /** Waits this long, or until woken or stopped. */
  async wait(clock: Clock, durationInMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isDue && !signal.aborted) {
      const waiting = new AbortController();
      this.#waiting = waiting;
      // Not AbortSignal.any: in Node 20 what it makes can be collected while somebody waits for it.
      const stop = (): void => waiting.abort();
      signal.addEventListener('abort', stop, { once: true });
      await clock.sleep(durationInMs, waiting.signal);
      signal.removeEventListener('abort', stop);
      this.#waiting = undefined;
    }
    this.#isDue = false;
  }
}
