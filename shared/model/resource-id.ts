/**
 * An ARM id below a vault, taken apart: types and names alternate. Ids match without regard to case; names are kept
 * as the user typed them.
 */
export interface ResourceId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly vault: string;
  /** `replicationFabrics`, `replicationProtectionContainers` ...; empty for the vault itself. */
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/** Where the catalogue keeps a resource. */
export interface ResourceKey {
  readonly partition: string;
  readonly id: string;
}

const shape =
  /^\/?subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.RecoveryServices\/vaults\/([^/]+)((?:\/[^/]+)*)\/?$/i;

/** The parts of an ARM id of a vault or of something in it; undefined for anything else. */
export function parseResourceId(id: string): ResourceId | undefined {
  const match = shape.exec(id);
  if (match === null) return undefined;
  const [, subscription = '', resourceGroup = '', vault = '', rest = ''] = match;
  const segments = rest.split('/').filter((segment) => segment !== '');
  if (segments.length % 2 !== 0) return undefined;
  return {
    subscription,
    resourceGroup,
    vault,
    types: segments.filter((_, index) => index % 2 === 0),
    names: segments.filter((_, index) => index % 2 === 1),
  };
}

/** The id of the vault that a resource belongs to, in the spelling of the id itself. */
export function vaultOf(id: string): string | undefined {
  const parsed = parseResourceId(id);
  return parsed === undefined ? undefined : vaultId(parsed);
}

/** A vault's id. */
export function vaultId(parts: Pick<ResourceId, 'subscription' | 'resourceGroup' | 'vault'>): string {
  return `/Subscriptions/${parts.subscription}/resourceGroups/${parts.resourceGroup}/providers/Microsoft.RecoveryServices/vaults/${parts.vault}`;
}

/** True if both name the same resource. */
export function isSameResource(left: string, right: string): boolean {
  return left.toLowerCase().replace(/\/$/, '') === right.toLowerCase().replace(/\/$/, '');
}

/** What an item has many of gets a partition for each item, so that a page of them costs a page. */
const ownPartition = new Set(['recoverypoints']);

/** One partition holds one kind of resource of one vault: a list of the vault, or of any parent, is one range of ids. */
export function partitionOf(vault: string, type: string): string {
  return `${vault.toLowerCase().replace(/^\//, '')}|${type.toLowerCase()}`;
}

/** The catalogue's key of an ARM id; undefined if it is not one of a vault or of something in it. */
export function resourceKey(id: string): ResourceKey | undefined {
  const parsed = parseResourceId(id.toLowerCase());
  if (parsed === undefined) return undefined;
  const { subscription, resourceGroup, vault, types, names } = parsed;
  const type = types.at(-1);
  if (type === undefined)
    return { partition: vaultsPartition(subscription), id: `${resourceGroup}/${vault}` };
  const parent = vaultId(parsed);
  if (!ownPartition.has(type)) return { partition: partitionOf(parent, type), id: names.join('/') };
  const holder = names.slice(0, -1).join('/');
  return { partition: `${partitionOf(parent, type)}|${holder}`, id: names.at(-1) ?? '' };
}

/** All vaults of one subscription, by resource group and name. */
export function vaultsPartition(subscription: string): string {
  return `${subscription.toLowerCase()}|vaults`;
}

/** Where the children of one type of a parent (a vault or anything in it) are listed. */
export function childrenRange(
  parentId: string,
  type: string,
): { partition: string; idPrefix: string } | undefined {
  const key = resourceKey(`${parentId.replace(/\/$/, '')}/${type}/x`);
  return key === undefined ? undefined : { partition: key.partition, idPrefix: key.id.slice(0, -1) };
}
