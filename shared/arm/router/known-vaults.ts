import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { readResource } from '../../service/catalogue/resources';

const keptInMs = 5_000;

/** Whether a vault is there, as its creator spelt it. What was seen is believed for 5 seconds. */
export function knownVaults(records: Records, clock: Clock): (id: string) => Promise<string> {
  const seen = new Map<string, { readonly at: number; readonly id: string }>();
  return async (id) => {
    const key = id.toLowerCase();
    const known = seen.get(key);
    if (known !== undefined && Math.abs(clock.now() - known.at) < keptInMs) return known.id;
    seen.delete(key);
    const stored = await readResource(records, id);
    if (stored === undefined) {
      throw new LifeboatError('NotFound', `The vault "${id.split('/').at(-1) ?? ''}" could not be found.`, {
        target: id,
      });
    }
    if (seen.size > 10_000) seen.clear();
    seen.set(key, { at: clock.now(), id: stored.resource.id });
    return stored.resource.id;
  };
}
