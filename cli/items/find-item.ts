import type { ReplicationProtectedItem } from '@azure/arm-recoveryservices-siterecovery';
import type { Connection } from '../connect/connection';
import { notFound, usage } from '../failure';
import { nearest } from '../nearest';

/** Where the API keeps an item: the words of every call about it. */
export interface ItemPlace {
  readonly fabric: string;
  readonly container: string;
  readonly name: string;
}

export interface FoundItem {
  readonly item: ReplicationProtectedItem;
  readonly place: ItemPlace;
}

export async function allItems({ site, vault, group }: Connection): Promise<ReplicationProtectedItem[]> {
  const found: ReplicationProtectedItem[] = [];
  for await (const item of site.replicationProtectedItems.list(vault, group)) found.push(item);
  return found;
}

/** The machine of this name, as people call it; or the item of this name or id. */
export async function findItem(connection: Connection, wanted: string): Promise<FoundItem> {
  const items = await allItems(connection);
  const isWanted = (text: string | undefined): boolean => text?.toLowerCase() === wanted.toLowerCase();
  const matching = items.filter(
    ({ id, name, properties }) => isWanted(id) || isWanted(name) || isWanted(properties?.friendlyName),
  );
  const [item] = matching;
  if (item !== undefined && matching.length === 1) return { item, place: placeOf(item.id ?? '') };
  if (item !== undefined) {
    const ids = matching.map(({ id }) => id).join(', ');
    throw usage(`More than one protected machine is called "${wanted}".`, `Name it by its id: ${ids}`);
  }
  const names = items.map(({ name, properties }) => properties?.friendlyName ?? name ?? '');
  const near = nearest(wanted, names);
  throw notFound(
    `No machine "${wanted}" is protected in the vault ${connection.vault}.`,
    near === undefined ? 'lifeboat status lists those that are.' : `Did you mean ${near}?`,
  );
}

function placeOf(id: string): ItemPlace {
  const after = (type: string): string => {
    const parts = id.split('/');
    const at = parts.findIndex((part) => part.toLowerCase() === type);
    return at < 0 ? '' : (parts[at + 1] ?? '');
  };
  return {
    fabric: after('replicationfabrics'),
    container: after('replicationprotectioncontainers'),
    name: after('replicationprotecteditems'),
  };
}
