import { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { isRefusal, LifeboatError } from '../../errors';
import { afterHappening } from '../../model/scenarios/allowed';
import { scenarios } from '../../model/scenarios';
import type { Happening } from '../../model/scenarios/scenario';
import type { Records } from '../../ports/records';
import { changeResource, readResource } from '../catalogue/resources';

/** The item of this id, or undefined when it is gone. */
export async function readItem(records: Records, itemId: string): Promise<ProtectedItem | undefined> {
  const stored = await readResource(records, itemId);
  return stored === undefined ? undefined : ProtectedItem.parse(stored.resource.properties);
}

export async function requireItem(records: Records, itemId: string): Promise<ProtectedItem> {
  const item = await readItem(records, itemId);
  if (item !== undefined) return item;
  throw new LifeboatError('NotFound', 'The protected item is gone.', { target: itemId });
}

/** Changes an item as it is now; undefined when it is gone. `change` answers undefined to leave it alone. */
export async function changeItem(
  records: Records,
  itemId: string,
  change: (item: ProtectedItem) => Partial<ProtectedItem> | undefined,
): Promise<ProtectedItem | undefined> {
  try {
    const stored = await changeResource(records, itemId, (current) => {
      const item = ProtectedItem.parse(current.properties);
      const changed = change(item);
      if (changed === undefined) return undefined;
      const next = { ...item, ...changed };
      return JSON.stringify(next) === JSON.stringify(item) ? undefined : { ...current, properties: next };
    });
    return ProtectedItem.parse(stored.resource.properties);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** Moves an item along its scenario's table because something happened to it. Safe to repeat. */
export async function happenTo(
  records: Records,
  itemId: string,
  happening: Happening,
): Promise<ProtectedItem | undefined> {
  return changeItem(records, itemId, (item) => ({
    state: afterHappening(scenarios[item.scenario], item.state, happening),
  }));
}

/** The fabric that an item, or anything else below a fabric, belongs to. */
export function fabricIdOf(id: string): string {
  return id.split('/').slice(0, 11).join('/');
}

/** The vault that an item belongs to. */
export function vaultIdOf(id: string): string {
  return id.split('/').slice(0, 9).join('/');
}
