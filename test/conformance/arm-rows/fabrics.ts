import { all, names, passes, quick, type ArmRow } from './place';

const { azureEast, azureWest, site: siteName, vmm } = names;

export const fabricRows: readonly ArmRow[] = [
  passes(
    'ReplicationFabrics_Create',
    'makes sites and regions, with the containers of their kind',
    async (place) => {
      const { site, vault, group, vaultId } = place;
      const made = await site.replicationFabrics.beginCreateAndWait(
        vault,
        group,
        siteName,
        { properties: { customDetails: { instanceType: 'HyperVSite' as 'Azure' } } },
        quick,
      );
      expect(made).toMatchObject({ name: siteName, properties: { bcdrState: 'Valid', health: 'Normal' } });
      for (const [name, location] of [
        [azureEast, 'eastus'],
        [azureWest, 'westus'],
      ] as const) {
        await site.replicationFabrics.beginCreateAndWait(
          vault,
          group,
          name,
          { properties: { customDetails: { instanceType: 'Azure', location } } },
          quick,
        );
      }
      await site.replicationFabrics.beginCreateAndWait(
        vault,
        group,
        vmm,
        { properties: { customDetails: { instanceType: 'VMM' as 'Azure' } } },
        quick,
      );
      const [container] = await all(
        site.replicationProtectionContainers.listByReplicationFabrics(vault, group, siteName),
      );
      expect(container?.name).toBe(`cloud_${made.properties?.internalIdentifier ?? ''}`);
      expect(made.id?.toLowerCase()).toBe(`${vaultId}/replicationFabrics/${siteName}`.toLowerCase());
    },
  ),
  passes('ReplicationFabrics_List', 'lists them all', async ({ site, vault, group }) => {
    const found = (await all(site.replicationFabrics.list(vault, group))).map(({ name }) => name);
    expect(found.toSorted()).toEqual([siteName, azureEast, azureWest, vmm].toSorted());
  }),
  passes('ReplicationFabrics_Get', 'finds one, whatever the case', async ({ site, vault, group }) => {
    const fabric = await site.replicationFabrics.get(vault, group, azureEast.toUpperCase());
    expect(fabric).toMatchObject({
      name: azureEast,
      properties: { customDetails: { instanceType: 'Azure', location: 'eastus' } },
    });
  }),
  passes(
    'ReplicationFabrics_CheckConsistency',
    'runs as a job and answers the fabric',
    async ({ site, vault, group }) => {
      const fabric = await site.replicationFabrics.beginCheckConsistencyAndWait(
        vault,
        group,
        siteName,
        quick,
      );
      expect(fabric.name).toBe(siteName);
      const [job] = await all(site.replicationJobs.list(vault, group));
      expect(job?.properties).toMatchObject({ scenarioName: 'ConsistencyCheck', state: 'Succeeded' });
    },
  ),
  passes('ReplicationFabrics_MigrateToAad', 'is acknowledged by a job', async ({ site, vault, group }) => {
    await site.replicationFabrics.beginMigrateToAadAndWait(vault, group, siteName, quick);
    const [job] = await all(site.replicationJobs.list(vault, group));
    expect(job?.properties).toMatchObject({ scenarioName: 'MigrateToAad', state: 'Succeeded' });
  }),
  passes(
    'ReplicationFabrics_ReassociateGateway',
    'is acknowledged by a job',
    async ({ site, vault, group }) => {
      const request = {
        properties: { containerName: 'any', sourceProcessServerId: 'a', targetProcessServerId: 'b' },
      };
      await site.replicationFabrics.beginReassociateGatewayAndWait(vault, group, siteName, request, quick);
      const [job] = await all(site.replicationJobs.list(vault, group));
      expect(job?.properties).toMatchObject({ scenarioName: 'ReassociateGateway', state: 'Succeeded' });
    },
  ),
  passes(
    'ReplicationFabrics_RenewCertificate',
    'is acknowledged by a job',
    async ({ site, vault, group }) => {
      await site.replicationFabrics.beginRenewCertificateAndWait(
        vault,
        group,
        siteName,
        { properties: {} },
        quick,
      );
      const [job] = await all(site.replicationJobs.list(vault, group));
      expect(job?.properties).toMatchObject({ scenarioName: 'RenewCertificate', state: 'Succeeded' });
    },
  ),
  passes(
    'ReplicationProtectionContainers_Create',
    'makes a container of a region',
    async ({ site, vault, group }) => {
      for (const fabric of [azureEast, azureWest]) {
        const made = await site.replicationProtectionContainers.beginCreateAndWait(
          vault,
          group,
          fabric,
          `${fabric}-container`,
          { properties: { providerSpecificInput: [{ instanceType: 'A2A' }] } },
          quick,
        );
        expect(made.properties).toMatchObject({ friendlyName: `${fabric}-container`, fabricType: 'Azure' });
      }
    },
  ),
  passes(
    'ReplicationProtectionContainers_List',
    'lists those of all fabrics',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationProtectionContainers.list(vault, group))).toHaveLength(4);
    },
  ),
  passes('ReplicationProtectionContainers_ListByReplicationFabrics', 'lists those of one', async (place) => {
    const { site, vault, group } = place;
    const found = await all(
      site.replicationProtectionContainers.listByReplicationFabrics(vault, group, azureEast),
    );
    expect(found.map(({ name }) => name)).toEqual([`${azureEast}-container`]);
  }),
  passes('ReplicationProtectionContainers_Get', 'finds one', async ({ site, vault, group }) => {
    const found = await site.replicationProtectionContainers.get(
      vault,
      group,
      azureEast,
      `${azureEast}-container`,
    );
    expect(found.properties?.pairingStatus).toBe('NotPaired');
  }),
  passes(
    'ReplicationProtectionContainers_DiscoverProtectableItem',
    'asks for a physical machine',
    async (place) => {
      const { site, vault, group } = place;
      const [container] = await all(
        site.replicationProtectionContainers.listByReplicationFabrics(vault, group, siteName),
      );
      const found = await site.replicationProtectionContainers.beginDiscoverProtectableItemAndWait(
        vault,
        group,
        siteName,
        container?.name ?? '',
        { properties: { friendlyName: 'mill', ipAddress: '10.0.0.7', osType: 'Linux' } },
        quick,
      );
      expect(found.id).toBe(container?.id);
    },
  ),
];

/** What takes things away again, after everything else. */
export const removalRows: readonly ArmRow[] = [
  passes(
    'ReplicationProtectionContainers_Delete',
    'removes an unused container',
    async ({ site, vault, group }) => {
      const made = { properties: { providerSpecificInput: [{ instanceType: 'A2A' as const }] } };
      await site.replicationProtectionContainers.beginCreateAndWait(
        vault,
        group,
        azureEast,
        'spare',
        made,
        quick,
      );
      await site.replicationProtectionContainers.beginDeleteAndWait(vault, group, azureEast, 'spare', quick);
      await expect(
        site.replicationProtectionContainers.get(vault, group, azureEast, 'spare'),
      ).rejects.toMatchObject({
        statusCode: 404,
      });
    },
  ),
  passes(
    'ReplicationFabrics_Delete',
    'removes a fabric with its parts, but not one in use',
    async (place) => {
      const { site, vault, group } = place;
      await expect(
        site.replicationFabrics.beginDeleteAndWait(vault, group, azureEast, quick),
      ).rejects.toMatchObject({
        statusCode: 409,
        code: 'ResourceInUse',
      });
      const create = { properties: { customDetails: { instanceType: 'HyperVSite' as 'Azure' } } };
      await site.replicationFabrics.beginCreateAndWait(vault, group, 'spare', create, quick);
      await site.replicationFabrics.beginDeleteAndWait(vault, group, 'spare', quick);
      await expect(site.replicationFabrics.get(vault, group, 'spare')).rejects.toMatchObject({
        statusCode: 404,
      });
      const left = await all(site.replicationProtectionContainers.list(vault, group));
      expect(left.some(({ id }) => id?.includes('/spare/'))).toBe(false);
    },
  ),
  passes('ReplicationFabrics_Purge', 'removes one by force', async ({ site, vault, group }) => {
    const create = { properties: { customDetails: { instanceType: 'HyperVSite' as 'Azure' } } };
    await site.replicationFabrics.beginCreateAndWait(vault, group, 'spare', create, quick);
    await site.replicationFabrics.beginPurgeAndWait(vault, group, 'spare', quick);
    await expect(site.replicationFabrics.get(vault, group, 'spare')).rejects.toMatchObject({
      statusCode: 404,
    });
  }),
];
