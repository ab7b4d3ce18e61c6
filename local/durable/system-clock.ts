import { type Clock } from './contract';

/** Long waits are cut up: Node fires timers beyond 24.8 days at once, and the wall clock may be set meanwhile. */
const longestWaitMs = 30_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(atMs, run) {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      const leftMs = atMs - Date.now();
      timer = setTimeout(leftMs <= longestWaitMs ? run : wait, Math.min(Math.max(leftMs, 0), longestWaitMs));
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
