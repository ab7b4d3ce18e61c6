/** Time as the host sees it, from outside, so that tests own it. */
export interface Clock {
  now(): number;
  /** Runs once at or after this moment. Returns a function that takes it back. */
  schedule(atMs: number, run: () => void): () => void;
}

/** Node fires a timer at once when its delay does not fit 31 bits, so a longer wait is cut into pieces. */
const longestDelayInMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(atMs, run) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const delayInMs = Math.max(0, atMs - Date.now());
      timer = setTimeout(() => (Date.now() >= atMs ? run() : arm()), Math.min(delayInMs, longestDelayInMs));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Resolves after this many milliseconds of the clock, or at once when `signal` aborts. */
export function pause(clock: Clock, durationInMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(clock.now() + durationInMs, done);
    signal?.addEventListener('abort', done);
  });
}
