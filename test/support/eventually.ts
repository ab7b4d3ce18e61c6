import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until there is something; gives up loudly after a bound that nothing healthy reaches. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  boundInMs = 60_000,
): Promise<T> {
  for (let waited = 0; ; waited += 20) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (waited > boundInMs) throw new Error(`nothing came within ${boundInMs} ms`);
    await pause(20);
  }
}
