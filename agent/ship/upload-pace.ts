import type { Clock } from '../../shared/ports/clock';

/** Holds uploads to so many bytes a second. The limit may change at any time. */
export class UploadPace {
  #freeAtMs = 0;
  #seenAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limit: () => number | undefined,
  ) {}

  /** Waits for the turn of this many bytes. */
  async pass(lengthBytes: number, signal: AbortSignal): Promise<void> {
    const bytesPerSecond = this.limit();
    if (bytesPerSecond === undefined) return;
    const now = this.clock.now();
    // A clock that was put back puts back what was promised by it.
    this.#freeAtMs -= Math.max(0, this.#seenAtMs - now);
    this.#seenAtMs = now;
    const startAtMs = Math.max(now, this.#freeAtMs);
    this.#freeAtMs = startAtMs + (lengthBytes / bytesPerSecond) * 1000;
    if (startAtMs > now) await this.clock.sleep(startAtMs - now, signal);
  }
}
