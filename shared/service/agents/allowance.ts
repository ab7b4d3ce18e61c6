import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';

export interface AllowanceOptions {
  /** What may be taken at once after a rest, and what is given back each second. */
  readonly burst: number;
  readonly perSecond: number;
}

/** How much each caller may ask for: a bucket that fills with time. Each instance keeps its own. */
export class Allowance {
  readonly #left = new Map<string, { readonly count: number; readonly atMs: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly options: AllowanceOptions,
  ) {}

  /** Refuses with `TooManyRequests` what is beyond the bucket. */
  take(caller: string, count: number): void {
    const { burst, perSecond } = this.options;
    const now = this.clock.now();
    const last = this.#left.get(caller) ?? { count: burst, atMs: now };
    const refilled = last.count + (Math.max(0, now - last.atMs) / 1000) * perSecond;
    const left = Math.min(burst, refilled) - count;
    if (left < 0) throw new LifeboatError('TooManyRequests', 'The agent asks faster than is allowed.');
    if (this.#left.size > 10_000) this.#left.clear();
    this.#left.set(caller, { count: left, atMs: now });
  }
}
