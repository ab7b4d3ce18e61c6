/** The time, from outside, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs once after at least this long. Calling the answer cancels it. */
  after(delayInMs: number, run: () => void): () => void;
}

// Longer timers fire at once in Node; whoever waits looks at the time again when woken.
const longestDelayInMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayInMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(delayInMs, 0), longestDelayInMs));
    return () => clearTimeout(timer);
  },
};
