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
      this.#waiting = new AbortController();
      await clock.sleep(durationInMs, AbortSignal.any([signal, this.#waiting.signal]));
      this.#waiting = undefined;
    }
    this.#isDue = false;
  }
}
