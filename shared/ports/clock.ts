/** The time, from outside, so that tests and simulations own it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. May jump either way. */
  now(): number;
  /** Resolves after at least this many milliseconds of this clock, or at once when `signal` aborts. */
  sleep(durationInMs: number, signal?: AbortSignal): Promise<void>;
}
