import { all, names, passes, quick, type ArmRow } from './place';

const { azureEast, azureWest, vmm } = names;
const network = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks';

export const networkRows: readonly ArmRow[] = [
  passes(
    'ReplicationNetworks_List',
    'lists those of all fabrics',
    async ({ site, vault, group, seed, vaultId }) => {
      await seed(`${vaultId}/replicationFabrics/${vmm}/replicationNetworks/lan`, {
        ...{ friendlyName: 'LAN', networkType: 'VMM', fabricKind: 'VMM', subnets: [{ name: 'a' }] },
        logicalNetworkId: 'logical-1',
      });
      await seed(`${vaultId}/replicationFabrics/${vmm}/replicationNetworks/loose`, {
        ...{ friendlyName: 'Loose', networkType: 'VMM', fabricKind: 'VMM', subnets: [] },
      });
      expect(await all(site.replicationNetworks.list(vault, group))).toHaveLength(4);
    },
  ),
  passes(
    'ReplicationNetworks_ListByReplicationFabrics',
    'lists those of one',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationNetworks.listByReplicationFabrics(vault, group, vmm))).toHaveLength(2);
    },
  ),
  passes('ReplicationNetworks_Get', 'finds the network of a region', async ({ site, vault, group }) => {
    const found = await site.replicationNetworks.get(vault, group, azureEast, 'azureNetwork');
    expect(found.properties?.fabricType).toBe('Azure');
  }),
  passes(
    'ReplicationNetworkMappings_Create',
    'maps both ways, and not a network without a logical one',
    async (place) => {
      const { site, vault, group } = place;
      for (const [from, to] of [
        [azureEast, azureWest],
        [azureWest, azureEast],
      ] as const) {
        await site.replicationNetworkMappings.beginCreateAndWait(
          vault,
          group,
          from,
          'azureNetwork',
          `${from}-${to}`,
          {
            properties: {
              recoveryFabricName: to,
              recoveryNetworkId: `${network}/${to}`,
              fabricSpecificDetails: { instanceType: 'AzureToAzure', primaryNetworkId: `${network}/${from}` },
            },
          },
          quick,
        );
      }
      const loose = site.replicationNetworkMappings.beginCreateAndWait(
        vault,
        group,
        vmm,
        'loose',
        'any',
        {
          properties: {
            recoveryNetworkId: `${network}/x`,
            fabricSpecificDetails: { instanceType: 'VmmToAzure' },
          },
        },
        quick,
      );
      await expect(loose).rejects.toMatchObject({ statusCode: 409 });
    },
  ),
  passes('ReplicationNetworkMappings_List', 'lists both ways', async ({ site, vault, group }) => {
    const found = await all(site.replicationNetworkMappings.list(vault, group));
    expect(found.map(({ name }) => name).toSorted()).toEqual([
      `${azureEast}-${azureWest}`,
      `${azureWest}-${azureEast}`,
    ]);
  }),
  passes(
    'ReplicationNetworkMappings_ListByReplicationNetworks',
    'lists those of a network',
    async (place) => {
      const { site, vault, group } = place;
      const pages = site.replicationNetworkMappings.listByReplicationNetworks(
        vault,
        group,
        azureEast,
        'azureNetwork',
      );
      expect(await all(pages)).toHaveLength(1);
    },
  ),
  passes('ReplicationNetworkMappings_Get', 'finds one', async ({ site, vault, group }) => {
    const name = `${azureEast}-${azureWest}`;
    const found = await site.replicationNetworkMappings.get(vault, group, azureEast, 'azureNetwork', name);
    expect(found.properties).toMatchObject({ state: 'Paired', recoveryFabricFriendlyName: azureWest });
  }),
  passes('ReplicationNetworkMappings_Update', 'leads to another network', async ({ site, vault, group }) => {
    const at = [vault, group, azureEast, 'azureNetwork', `${azureEast}-${azureWest}`] as const;
    const properties = { recoveryNetworkId: `${network}/other` };
    await site.replicationNetworkMappings.beginUpdateAndWait(...at, { properties }, quick);
    const found = await site.replicationNetworkMappings.get(...at);
    expect(found.properties?.recoveryNetworkFriendlyName).toBe('other');
  }),
  passes('ReplicationNetworkMappings_Delete', 'takes one away', async ({ site, vault, group }) => {
    const at = [vault, group, azureWest, 'azureNetwork', `${azureWest}-${azureEast}`] as const;
    await site.replicationNetworkMappings.beginDeleteAndWait(...at, quick);
    await expect(site.replicationNetworkMappings.get(...at)).rejects.toMatchObject({ statusCode: 404 });
  }),
  passes('ReplicationLogicalNetworks_ListByReplicationFabrics', 'lists what was reported', async (place) => {
    const { site, vault, group, seed, vaultId } = place;
    await seed(`${vaultId}/replicationFabrics/${vmm}/replicationLogicalNetworks/l1`, {
      friendlyName: 'L1',
      networkVirtualizationStatus: 'Disabled',
    });
    expect(
      await all(site.replicationLogicalNetworks.listByReplicationFabrics(vault, group, vmm)),
    ).toHaveLength(1);
  }),
  passes('ReplicationLogicalNetworks_Get', 'finds one', async ({ site, vault, group }) => {
    const found = await site.replicationLogicalNetworks.get(vault, group, vmm, 'L1');
    expect(found.properties?.friendlyName).toBe('L1');
  }),
];
