import { type Clock, pause } from '../clock';
import { messageOf } from '../host-error';
import { type LogSink } from '../log/logger';

const firstPauseInMs = 250;
const longestPauseInMs = 5_000;

/** One entity's trouble with its broker: said once when it begins and once when it ends, with a growing pause between tries. */
export class Outage {
  #failures = 0;
  #lastReason = '';

  constructor(
    private readonly entity: string,
    private readonly clock: Clock,
    private readonly log: LogSink,
  ) {}

  /** Resolves when it is time to try again. */
  async failed(error: unknown, signal: AbortSignal): Promise<void> {
    this.report(error);
    await pause(this.clock, Math.min(longestPauseInMs, firstPauseInMs * 2 ** (this.#failures - 1)), signal);
  }

  report(error: unknown): void {
    this.#failures = Math.min(this.#failures + 1, 20);
    const reason = messageOf(error);
    if (reason === this.#lastReason) return;
    this.#lastReason = reason;
    this.log(
      'warning',
      'Host.Triggers.ServiceBus',
      `Cannot receive from ${this.entity}, trying again: ${reason}`,
    );
  }

  over(): void {
    if (this.#failures > 0) {
      this.log('information', 'Host.Triggers.ServiceBus', `Receiving from ${this.entity} again.`);
    }
    this.#failures = 0;
    this.#lastReason = '';
  }
}
