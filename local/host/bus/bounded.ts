import { type Clock } from '../clock';

/** The work's result, or undefined when it takes longer than this. What it does later no longer counts. */
export async function bounded<T>(work: Promise<T>, clock: Clock, limitInMs: number): Promise<T | undefined> {
  let cancel: () => void = () => undefined;
  const limit = new Promise<undefined>((resolve) => {
    cancel = clock.schedule(clock.now() + limitInMs, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    cancel();
  }
}
