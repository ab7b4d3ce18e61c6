import { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import type { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import type { ClientSecretCredential } from '@azure/identity';
import { type Region, subscription } from './regions';

export const resourceGroup = 'rescue';
export const vault = 'lifeboat-demo';
export const vaultId = `/Subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.RecoveryServices/vaults/${vault}`;
export const policy = 'every-three-seconds';
export const quick = { updateIntervalInMs: 100 };

interface Clients {
  readonly client: SiteRecoveryManagementClient;
  readonly credential: ClientSecretCredential;
  readonly endpoint: string;
}

/** A vault with two regions, a policy, and a mapping in each direction. */
export async function makeVault(
  { client, credential, endpoint }: Clients,
  { from, to }: { readonly from: Region; readonly to: Region },
): Promise<void> {
  const { vaults } = new RecoveryServicesClient(credential, subscription, { endpoint });
  const body = { location: to.location, sku: { name: 'Standard' }, properties: {} };
  await vaults.beginCreateOrUpdateAndWait(resourceGroup, vault, body, quick);
  for (const region of [from, to]) await makeFabric(client, region);
  await makePolicy(client);
  await map(client, from, to);
  await map(client, to, from);
}

async function makeFabric(
  client: SiteRecoveryManagementClient,
  { fabric, container, location }: Region,
): Promise<void> {
  const at = [vault, resourceGroup, fabric] as const;
  const customDetails = { instanceType: 'Azure' as const, location };
  await client.replicationFabrics.beginCreateAndWait(...at, { properties: { customDetails } }, quick);
  const empty = { properties: { providerSpecificInput: [{ instanceType: 'A2A' as const }] } };
  await client.replicationProtectionContainers.beginCreateAndWait(...at, container, empty, quick);
}

async function makePolicy(client: SiteRecoveryManagementClient): Promise<void> {
  const providerSpecificInput = {
    instanceType: 'A2A' as const,
    recoveryPointHistory: 1440,
    crashConsistentFrequencyInMinutes: 0.05,
    appConsistentFrequencyInMinutes: 0,
    multiVmSyncStatus: 'Disable' as const,
  };
  const input = { properties: { providerSpecificInput } };
  await client.replicationPolicies.beginCreateAndWait(vault, resourceGroup, policy, input, quick);
}

async function map(client: SiteRecoveryManagementClient, from: Region, to: Region): Promise<void> {
  const properties = {
    targetProtectionContainerId: `${vaultId}/replicationFabrics/${to.fabric}/replicationProtectionContainers/${to.container}`,
    policyId: `${vaultId}/replicationPolicies/${policy}`,
    providerSpecificInput: { instanceType: 'A2A' as const },
  };
  await client.replicationProtectionContainerMappings.beginCreateAndWait(
    ...([vault, resourceGroup, from.fabric, from.container, `to-${to.fabric}`] as const),
    { properties },
    quick,
  );
}
