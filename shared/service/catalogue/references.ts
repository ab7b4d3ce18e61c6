import { isSameResource, parseResourceId, vaultId } from '../../model/resource-id';
import type { Resource } from '../../contracts/catalogue/resource';
import type { Records } from '../../ports/records';
import { everyResource, listResources } from './resources';

/** A kind of resource below, or beside, a thing that keeps it from being removed. */
interface Rule {
  readonly type: string;
  /** Everything of this type below the thing holds it. */
  readonly below?: true;
  /** Everything of this type in the vault that names the thing, or something inside it, in one of these properties. */
  readonly by?: readonly string[];
}

const rules: Readonly<Record<string, readonly Rule[]>> = {
  '': [
    { type: 'replicationProtectedItems', below: true },
    { type: 'deletedProtectedItems', below: true },
    { type: 'replicationFabrics', below: true },
    { type: 'replicationRecoveryPlans', below: true },
  ],
  replicationfabrics: [
    { type: 'replicationProtectedItems', below: true },
    { type: 'replicationProtectionContainerMappings', below: true },
    { type: 'replicationProtectionContainerMappings', by: ['targetProtectionContainerId'] },
    { type: 'replicationRecoveryPlans', by: ['primaryFabricId', 'recoveryFabricId'] },
  ],
  replicationprotectioncontainers: [
    { type: 'replicationProtectedItems', below: true },
    { type: 'replicationProtectionContainerMappings', below: true },
    { type: 'replicationProtectionContainerMappings', by: ['targetProtectionContainerId'] },
    { type: 'replicationProtectedItems', by: ['recoveryContainerId'] },
  ],
  replicationpolicies: [
    { type: 'replicationProtectionContainerMappings', by: ['policyId'] },
    { type: 'replicationProtectedItems', by: ['policyId'] },
  ],
  replicationprotectioncontainermappings: [{ type: 'replicationProtectedItems', by: ['mappingId'] }],
  replicationrecoveryservicesproviders: [{ type: 'replicationProtectedItems', by: ['providerId'] }],
  replicationprotecteditems: [{ type: 'replicationRecoveryPlans', by: ['groups'] }],
};

/** The first thing that refers to this one, or undefined if it may go. Things inside it do not count. */
export async function findHolder(records: Records, id: string): Promise<string | undefined> {
  const parsed = parseResourceId(id);
  if (parsed === undefined) return undefined;
  const vault = vaultId(parsed);
  for (const rule of rules[parsed.types.at(-1)?.toLowerCase() ?? ''] ?? []) {
    const holder =
      rule.below === true
        ? await firstBelow(records, id, rule)
        : await firstNaming(records, { vault, id, rule });
    if (holder !== undefined) return holder;
  }
  return undefined;
}

async function firstBelow(records: Records, id: string, rule: Rule): Promise<string | undefined> {
  const page = await listResources(records, id, rule.type, { limit: 1 });
  return page.resources[0]?.resource.id;
}

async function firstNaming(
  records: Records,
  { vault, id, rule }: { vault: string; id: string; rule: Rule },
): Promise<string | undefined> {
  for await (const { resource } of everyResource(records, vault, rule.type)) {
    if (!isInside(resource.id, id) && (rule.by ?? []).some((field) => names(resource, field, id)))
      return resource.id;
  }
  return undefined;
}

function names(resource: Resource, field: string, id: string): boolean {
  const value = resource.properties[field];
  if (typeof value === 'string') return isInside(value, id);
  return JSON.stringify(value ?? null)
    .toLowerCase()
    .includes(JSON.stringify(id).toLowerCase());
}

function isInside(inner: string, outer: string): boolean {
  return isSameResource(inner, outer) || inner.toLowerCase().startsWith(`${outer.toLowerCase()}/`);
}
