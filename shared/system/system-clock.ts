import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports/clock';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (durationInMs, signal) =>
    sleep(durationInMs, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error;
    }),
};
