import { setTimeout as pause } from 'node:timers/promises';

/** Looks until there is something. A demo that waits for ever would be worse than one that fails. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  boundInMs = 180_000,
): Promise<T> {
  const startInMs = Date.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() - startInMs > boundInMs)
      throw new Error(`${what} did not come within ${boundInMs / 1000} s`);
    await pause(200);
  }
}
