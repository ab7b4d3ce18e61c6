import { all, names, passes, quick, type ArmRow } from './place';

const { site: siteName, vmm } = names;
const identity = { tenantId: 't', applicationId: 'a', objectId: 'o', audience: 'u', aadAuthority: 'x' };

export const serverRows: readonly ArmRow[] = [
  passes(
    'ReplicationRecoveryServicesProviders_Create',
    'announces a server',
    async ({ site, vault, group }) => {
      const made = await site.replicationRecoveryServicesProviders.beginCreateAndWait(
        vault,
        group,
        siteName,
        'host-1',
        {
          properties: {
            machineName: 'host-1',
            authenticationIdentityInput: identity,
            resourceAccessIdentityInput: identity,
          },
        },
        quick,
      );
      expect(made.properties).toMatchObject({ friendlyName: 'host-1', connectionStatus: 'NotConnected' });
    },
  ),
  passes('ReplicationRecoveryServicesProviders_Get', 'finds it', async ({ site, vault, group }) => {
    const found = await site.replicationRecoveryServicesProviders.get(vault, group, siteName, 'HOST-1');
    expect(found.properties?.fabricFriendlyName).toBe(siteName);
  }),
  passes(
    'ReplicationRecoveryServicesProviders_List',
    'lists those of the vault',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationRecoveryServicesProviders.list(vault, group))).toHaveLength(1);
    },
  ),
  passes(
    'ReplicationRecoveryServicesProviders_ListByReplicationFabrics',
    'lists those of a fabric',
    async (place) => {
      const { site, vault, group } = place;
      const providers = site.replicationRecoveryServicesProviders;
      expect(await all(providers.listByReplicationFabrics(vault, group, siteName))).toHaveLength(1);
      expect(await all(providers.listByReplicationFabrics(vault, group, vmm))).toHaveLength(0);
    },
  ),
  passes(
    'ReplicationRecoveryServicesProviders_RefreshProvider',
    'asks the server to report',
    async (place) => {
      const { site, vault, group } = place;
      const providers = site.replicationRecoveryServicesProviders;
      const found = await providers.beginRefreshProviderAndWait(vault, group, siteName, 'host-1', quick);
      expect(found.name).toBe('host-1');
      const [job] = await all(site.replicationJobs.list(vault, group));
      expect(job?.properties).toMatchObject({ scenarioName: 'RefreshDra', state: 'Succeeded' });
    },
  ),
  passes(
    'ReplicationRecoveryServicesProviders_Delete',
    'removes a server',
    async ({ site, vault, group, seed, vaultId }) => {
      await seed(`${vaultId}/replicationFabrics/${siteName}/replicationRecoveryServicesProviders/old`, {
        ...{ friendlyName: 'old', fabricKind: 'HyperVSite', fabricFriendlyName: siteName },
        ...{ agentId: 'a', version: '1', connected: true },
      });
      const providers = site.replicationRecoveryServicesProviders;
      await providers.beginDeleteAndWait(vault, group, siteName, 'old', quick);
      await expect(providers.get(vault, group, siteName, 'old')).rejects.toMatchObject({ statusCode: 404 });
    },
  ),
  passes(
    'ReplicationRecoveryServicesProviders_Purge',
    'removes a server by force',
    async ({ site, vault, group }) => {
      const providers = site.replicationRecoveryServicesProviders;
      await providers.beginPurgeAndWait(vault, group, siteName, 'host-1', quick);
      await expect(providers.get(vault, group, siteName, 'host-1')).rejects.toMatchObject({
        statusCode: 404,
      });
    },
  ),
  passes('ReplicationvCenters_Create', 'adds a vCenter server', async ({ site, vault, group }) => {
    const properties = { friendlyName: 'vc', ipAddress: '10.0.0.9', port: '443', runAsAccountId: '1' };
    const made = await site.replicationvCenters.beginCreateAndWait(
      vault,
      group,
      vmm,
      'vc',
      { properties },
      quick,
    );
    expect(made.properties).toMatchObject({ ipAddress: '10.0.0.9', discoveryStatus: 'Pending' });
  }),
  passes('ReplicationvCenters_Get', 'finds it', async ({ site, vault, group }) => {
    expect((await site.replicationvCenters.get(vault, group, vmm, 'VC')).properties?.port).toBe('443');
  }),
  passes('ReplicationvCenters_List', 'lists those of the vault', async ({ site, vault, group }) => {
    expect(await all(site.replicationvCenters.list(vault, group))).toHaveLength(1);
  }),
  passes(
    'ReplicationvCenters_ListByReplicationFabrics',
    'lists those of a fabric',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationvCenters.listByReplicationFabrics(vault, group, vmm))).toHaveLength(1);
    },
  ),
  passes('ReplicationvCenters_Update', 'changes the port, keeps the rest', async ({ site, vault, group }) => {
    await site.replicationvCenters.beginUpdateAndWait(
      vault,
      group,
      vmm,
      'vc',
      { properties: { port: '8443' } },
      quick,
    );
    const found = await site.replicationvCenters.get(vault, group, vmm, 'vc');
    expect(found.properties).toMatchObject({ port: '8443', ipAddress: '10.0.0.9' });
  }),
  passes('ReplicationvCenters_Delete', 'takes it away', async ({ site, vault, group }) => {
    await site.replicationvCenters.beginDeleteAndWait(vault, group, vmm, 'vc', quick);
    await expect(site.replicationvCenters.get(vault, group, vmm, 'vc')).rejects.toMatchObject({
      statusCode: 404,
    });
  }),
];

export const storageRows: readonly ArmRow[] = [
  passes(
    'ReplicationStorageClassifications_List',
    'lists what was reported',
    async ({ site, vault, group, seed, vaultId }) => {
      for (const name of ['gold', 'silver']) {
        await seed(`${vaultId}/replicationFabrics/${vmm}/replicationStorageClassifications/${name}`, {
          friendlyName: name,
        });
      }
      expect(await all(site.replicationStorageClassifications.list(vault, group))).toHaveLength(2);
    },
  ),
  passes(
    'ReplicationStorageClassifications_ListByReplicationFabrics',
    'lists those of a fabric',
    async (place) => {
      const { site, vault, group } = place;
      const found = await all(
        site.replicationStorageClassifications.listByReplicationFabrics(vault, group, vmm),
      );
      expect(found.map(({ name }) => name)).toEqual(['gold', 'silver']);
    },
  ),
  passes('ReplicationStorageClassifications_Get', 'finds one', async ({ site, vault, group }) => {
    const found = await site.replicationStorageClassifications.get(vault, group, vmm, 'Gold');
    expect(found.properties?.friendlyName).toBe('gold');
  }),
  passes(
    'ReplicationStorageClassificationMappings_Create',
    'maps one to another',
    async ({ site, vault, group, vaultId }) => {
      const target = `${vaultId}/replicationFabrics/${vmm}/replicationStorageClassifications/silver`;
      const made = await site.replicationStorageClassificationMappings.beginCreateAndWait(
        vault,
        group,
        vmm,
        'gold',
        'down',
        { properties: { targetStorageClassificationId: target } },
        quick,
      );
      expect(made.properties?.targetStorageClassificationId).toBe(target);
    },
  ),
  passes('ReplicationStorageClassificationMappings_Get', 'finds one', async ({ site, vault, group }) => {
    const found = await site.replicationStorageClassificationMappings.get(vault, group, vmm, 'gold', 'down');
    expect(found.name).toBe('down');
  }),
  passes(
    'ReplicationStorageClassificationMappings_List',
    'lists those of the vault',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationStorageClassificationMappings.list(vault, group))).toHaveLength(1);
    },
  ),
  passes(
    'ReplicationStorageClassificationMappings_ListByReplicationStorageClassifications',
    'lists those of a classification',
    async ({ site, vault, group }) => {
      const mappings = site.replicationStorageClassificationMappings;
      const of = (name: string): Promise<unknown[]> =>
        all(mappings.listByReplicationStorageClassifications(vault, group, vmm, name));
      expect([(await of('gold')).length, (await of('silver')).length]).toEqual([1, 0]);
    },
  ),
  passes(
    'ReplicationStorageClassificationMappings_Delete',
    'takes one away',
    async ({ site, vault, group }) => {
      const mappings = site.replicationStorageClassificationMappings;
      await mappings.beginDeleteAndWait(vault, group, vmm, 'gold', 'down', quick);
      await expect(mappings.get(vault, group, vmm, 'gold', 'down')).rejects.toMatchObject({
        statusCode: 404,
      });
    },
  ),
];
