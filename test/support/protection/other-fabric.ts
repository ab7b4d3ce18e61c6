import type { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import type { SiteOptions } from './site-options';

export interface VaultAt {
  readonly client: SiteRecoveryManagementClient;
  readonly vault: string;
  readonly group: string;
}

const quick = { updateIntervalInMs: 50 };

/** Makes where machines are recovered to, and answers the path of its container; undefined where that is Azure as such. */
export async function openOtherFabric(at: VaultAt, options: SiteOptions): Promise<string | undefined> {
  const { fabricKind, fabricDetails, isToSite } = options;
  const other = '/replicationFabrics/other/replicationProtectionContainers';
  if (fabricKind === 'Azure') {
    await openRegions(at, options.fabric ?? 'site');
    return `${other}/there`;
  }
  if (isToSite !== true) return undefined;
  await createFabric(at, 'other', { instanceType: fabricKind, ...fabricDetails });
  return `${other}/${await containerOf(at, 'other')}`;
}

export async function createFabric(
  { client, vault, group }: VaultAt,
  name: string,
  details: Record<string, unknown>,
): Promise<void> {
  const customDetails = { ...{ instanceType: 'Azure' as const, location: 'westeurope' }, ...details };
  const properties = { customDetails };
  await client.replicationFabrics.beginCreateAndWait(vault, group, name, { properties }, quick);
}

/** The container that came with a fabric. */
export async function containerOf({ client, vault, group }: VaultAt, fabric: string): Promise<string> {
  const { replicationProtectionContainers: containers } = client;
  for await (const { name } of containers.listByReplicationFabrics(vault, group, fabric)) {
    if (name !== undefined) return name;
  }
  return '';
}

/** Azure regions come without containers: one here, and one in the region to recover to. */
async function openRegions(at: VaultAt, here: string): Promise<void> {
  const { client, vault, group } = at;
  await createFabric(at, 'other', { location: 'northeurope' });
  const container = { properties: { providerSpecificInput: [{ instanceType: 'A2A' as const }] } };
  const { replicationProtectionContainers: containers } = client;
  await containers.beginCreateAndWait(vault, group, here, 'here', container, quick);
  await containers.beginCreateAndWait(vault, group, 'other', 'there', container, quick);
}
