import { all, names, passes, quick, type ArmRow } from './place';

const { azureEast, azureWest, site: siteName } = names;

export const policyRows: readonly ArmRow[] = [
  passes(
    'ReplicationPolicies_Create',
    'keeps the limits of its scenario, under the names of answers',
    async (place) => {
      const { site, vault, group } = place;
      const made = await site.replicationPolicies.beginCreateAndWait(
        vault,
        group,
        'a2a',
        {
          properties: {
            providerSpecificInput: {
              instanceType: 'A2A',
              recoveryPointHistory: 1440,
              crashConsistentFrequencyInMinutes: 5,
              appConsistentFrequencyInMinutes: 60,
              multiVmSyncStatus: 'Enable',
            },
          },
        },
        quick,
      );
      expect(made.properties?.providerSpecificDetails).toMatchObject({
        multiVmSyncStatus: 'Enabled',
        recoveryPointHistory: 1440,
      });
      await site.replicationPolicies.beginCreateAndWait(
        vault,
        group,
        'hyperv',
        {
          properties: {
            providerSpecificInput: {
              instanceType: 'HyperVReplicaAzure',
              recoveryPointHistoryDuration: 4,
              replicationInterval: 300,
              storageAccounts: ['/subscriptions/s/storage'],
            },
          },
        },
        quick,
      );
      const kept = await site.replicationPolicies.get(vault, group, 'hyperv');
      expect(kept.properties?.providerSpecificDetails).toMatchObject({
        recoveryPointHistoryDurationInHours: 4,
        activeStorageAccountId: '/subscriptions/s/storage',
      });
    },
  ),
  passes('ReplicationPolicies_Get', 'finds one', async ({ site, vault, group }) => {
    expect((await site.replicationPolicies.get(vault, group, 'A2A')).properties?.friendlyName).toBe('a2a');
  }),
  passes('ReplicationPolicies_List', 'lists them', async ({ site, vault, group }) => {
    expect(await all(site.replicationPolicies.list(vault, group))).toHaveLength(2);
  }),
  passes(
    'ReplicationPolicies_Update',
    'changes one value and keeps the others',
    async ({ site, vault, group }) => {
      await site.replicationPolicies.beginUpdateAndWait(
        vault,
        group,
        'a2a',
        {
          properties: {
            replicationProviderSettings: {
              instanceType: 'A2A',
              recoveryPointHistory: 720,
              multiVmSyncStatus: 'Enable',
            },
          },
        },
        quick,
      );
      const { properties } = await site.replicationPolicies.get(vault, group, 'a2a');
      expect(properties?.providerSpecificDetails).toMatchObject({
        recoveryPointHistory: 720,
        appConsistentFrequencyInMinutes: 60,
      });
    },
  ),
  passes('ReplicationPolicies_Delete', 'removes one that nothing uses', async ({ site, vault, group }) => {
    const input = { instanceType: 'A2A' as const, multiVmSyncStatus: 'Disable' as const };
    await site.replicationPolicies.beginCreateAndWait(
      vault,
      group,
      'spare',
      { properties: { providerSpecificInput: input } },
      quick,
    );
    await site.replicationPolicies.beginDeleteAndWait(vault, group, 'spare', quick);
    await expect(site.replicationPolicies.get(vault, group, 'spare')).rejects.toMatchObject({
      statusCode: 404,
    });
  }),
];

export const mappingRows: readonly ArmRow[] = [
  passes(
    'ReplicationProtectionContainerMappings_Create',
    'pairs containers under a policy',
    async (place) => {
      const { site, vault, group, vaultId } = place;
      const made = await site.replicationProtectionContainerMappings.beginCreateAndWait(
        vault,
        group,
        azureEast,
        `${azureEast}-container`,
        'east-west',
        {
          properties: {
            targetProtectionContainerId: `${vaultId}/replicationFabrics/${azureWest}/replicationProtectionContainers/${azureWest}-container`,
            policyId: `${vaultId}/replicationPolicies/a2a`,
            providerSpecificInput: { instanceType: 'A2A', agentAutoUpdateStatus: 'Disabled' },
          },
        },
        quick,
      );
      expect(made.properties).toMatchObject({ state: 'Paired', policyFriendlyName: 'a2a' });
      const [cloud] = await all(
        site.replicationProtectionContainers.listByReplicationFabrics(vault, group, siteName),
      );
      const azure = await site.replicationProtectionContainerMappings.beginCreateAndWait(
        vault,
        group,
        siteName,
        cloud?.name ?? '',
        'to-azure',
        {
          properties: {
            targetProtectionContainerId: 'Microsoft Azure',
            policyId: `${vaultId}/replicationPolicies/hyperv`,
            providerSpecificInput: { instanceType: 'HyperVReplicaAzure' as 'A2A' },
          },
        },
        quick,
      );
      expect(azure.properties?.targetProtectionContainerId).toBe('Microsoft Azure');
      const paired = await site.replicationProtectionContainers.get(
        vault,
        group,
        siteName,
        cloud?.name ?? '',
      );
      expect(paired.properties?.pairingStatus).toBe('Paired');
    },
  ),
  passes('ReplicationProtectionContainerMappings_Get', 'finds one', async ({ site, vault, group }) => {
    const found = await site.replicationProtectionContainerMappings.get(
      vault,
      group,
      azureEast,
      `${azureEast}-container`,
      'EAST-WEST',
    );
    expect(found.name).toBe('east-west');
  }),
  passes(
    'ReplicationProtectionContainerMappings_List',
    'lists those of the vault',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationProtectionContainerMappings.list(vault, group))).toHaveLength(2);
    },
  ),
  passes(
    'ReplicationProtectionContainerMappings_ListByReplicationProtectionContainers',
    'lists those of a container',
    async ({ site, vault, group }) => {
      const pages = site.replicationProtectionContainerMappings.listByReplicationProtectionContainers(
        vault,
        group,
        azureEast,
        `${azureEast}-container`,
      );
      expect((await all(pages)).map(({ name }) => name)).toEqual(['east-west']);
    },
  ),
  passes(
    'ReplicationProtectionContainerMappings_Update',
    'changes the provider part',
    async ({ site, vault, group }) => {
      const at = [vault, group, azureEast, `${azureEast}-container`, 'east-west'] as const;
      const properties = {
        providerSpecificInput: { instanceType: 'A2A' as const, agentAutoUpdateStatus: 'Enabled' as const },
      };
      await site.replicationProtectionContainerMappings.beginUpdateAndWait(...at, { properties }, quick);
      const found = await site.replicationProtectionContainerMappings.get(...at);
      expect(found.properties?.providerSpecificDetails).toMatchObject({ agentAutoUpdateStatus: 'Enabled' });
    },
  ),
  ...(['beginDeleteAndWait', 'beginPurgeAndWait'] as const).map((verb) =>
    passes(
      `ReplicationProtectionContainerMappings_${verb === 'beginDeleteAndWait' ? 'Delete' : 'Purge'}`,
      'takes a mapping away',
      async ({ site, vault, group, vaultId }) => {
        const at = [vault, group, azureWest, `${azureWest}-container`, 'west-east'] as const;
        await site.replicationProtectionContainerMappings.beginCreateAndWait(
          ...at,
          {
            properties: {
              targetProtectionContainerId: `${vaultId}/replicationFabrics/${azureEast}/replicationProtectionContainers/${azureEast}-container`,
              policyId: `${vaultId}/replicationPolicies/a2a`,
              providerSpecificInput: { instanceType: 'A2A' },
            },
          },
          quick,
        );
        const mappings = site.replicationProtectionContainerMappings;
        if (verb === 'beginDeleteAndWait')
          await mappings.beginDeleteAndWait(...at, { properties: {} }, quick);
        else await mappings.beginPurgeAndWait(...at, quick);
        await expect(mappings.get(...at)).rejects.toMatchObject({ statusCode: 404 });
      },
    ),
  ),
];
