import { cloudOf, container, held, mill, read, web } from './item-place';
import { all, names, passes, type ArmRow } from './place';

const { azureEast, site: siteName } = names;

export const enableRows: readonly ArmRow[] = [
  passes(
    'ReplicationProtectableItems_ListByReplicationProtectionContainers',
    'lists and filters machines',
    async (place) => {
      const { site, vault, group, vaultId, seed } = place;
      const cloud = await cloudOf(place);
      for (const name of ['guid-mill', 'guid-barn']) {
        await seed(
          `${vaultId}/replicationFabrics/${siteName}/replicationProtectionContainers/${cloud}/replicationProtectableItems/${name}`,
          {
            friendlyName: name.slice(5),
            kind: 'HyperVVirtualMachine',
            scenarios: ['HyperVReplicaAzure'],
            disks: [{ id: `${name}-0`, name: 'system', sizeBytes: 1073741824, isOperatingSystem: true }],
          },
        );
      }
      const pages = site.replicationProtectableItems.listByReplicationProtectionContainers(
        vault,
        group,
        siteName,
        cloud,
        {
          filter: "state eq 'Unprotected'",
        },
      );
      expect(await all(pages)).toHaveLength(2);
    },
  ),
  passes('ReplicationProtectableItems_Get', 'shows a machine with its disks', async (place) => {
    const found = await place.site.replicationProtectableItems.get(
      place.vault,
      place.group,
      siteName,
      await cloudOf(place),
      'guid-mill',
    );
    expect(found.properties).toMatchObject({ friendlyName: 'mill', protectionStatus: 'Unprotected' });
  }),
  {
    operation: 'ReplicationProtectedItems_Create',
    shows: 'makes items that are visible at once, in their scenario’s first state',
    run: async (place) => {
      const { site, vault, group, vaultId } = place;
      const disk = {
        diskId: '/subscriptions/s/disks/web-os',
        primaryStagingAzureStorageAccountId: '/subscriptions/s/cache',
        recoveryResourceGroupId: '/subscriptions/s/resourceGroups/r',
      };
      await site.replicationProtectedItems.beginCreate(vault, group, azureEast, container, 'web', {
        properties: {
          policyId: `${vaultId}/replicationPolicies/a2a`,
          providerSpecificDetails: {
            instanceType: 'A2A',
            fabricObjectId: '/subscriptions/s/machines/web',
            vmManagedDisks: [disk],
          },
        },
      });
      const cloud = await cloudOf(place);
      await site.replicationProtectedItems.beginCreate(vault, group, siteName, cloud, 'mill', {
        properties: {
          policyId: `${vaultId}/replicationPolicies/hyperv`,
          protectableItemId: `${vaultId}/replicationFabrics/${siteName}/replicationProtectionContainers/${cloud}/replicationProtectableItems/guid-mill`,
          providerSpecificDetails: { instanceType: 'HyperVReplicaAzure', targetAzureVmName: 'mill' },
        },
      });
      for (const at of [web, await mill(place)]) {
        expect((await read(place, at)).properties?.protectionState).toBe('UnprotectedStatesBegin');
        const jobId = await held(place, at);
        expect((await site.replicationJobs.get(vault, group, jobId)).properties?.scenarioName).toBe(
          'EnableDr',
        );
        await place.end(jobId);
        const id = (await read(place, at)).id ?? '';
        await place.change(id, { state: 'Protected', health: 'Normal', initialCopyPercent: 100 });
        const point = `${id}/recoveryPoints/point-1`;
        await place.seed(point, { timeInMs: 1_700_000_000_000, kind: 'CrashConsistent', diskIds: [] });
      }
      return 'pending';
    },
  },
  passes('ReplicationProtectedItems_Get', 'shows state, health and allowed operations', async (place) => {
    expect((await read(place, web)).properties).toMatchObject({
      protectionState: 'Protected',
      activeLocation: 'Primary',
      replicationHealth: 'Normal',
      allowedOperations: ['RepairReplication', 'UnplannedFailover', 'DisableProtection', 'TestFailover'],
      providerSpecificDetails: { instanceType: 'A2A', vmProtectionState: 'Protected' },
    });
  }),
  passes(
    'ReplicationProtectedItems_List',
    'lists and filters those of the vault',
    async ({ site, vault, group }) => {
      expect(await all(site.replicationProtectedItems.list(vault, group))).toHaveLength(2);
      const filtered = site.replicationProtectedItems.list(vault, group, {
        filter: "friendlyName eq 'mill'",
      });
      expect((await all(filtered)).map(({ name }) => name)).toEqual(['mill']);
    },
  ),
  passes(
    'ReplicationProtectedItems_ListByReplicationProtectionContainers',
    'lists those of a container',
    async (place) => {
      const { site, vault, group } = place;
      const pages = site.replicationProtectedItems.listByReplicationProtectionContainers(
        vault,
        group,
        azureEast,
        container,
      );
      expect((await all(pages)).map(({ name }) => name)).toEqual(['web']);
    },
  ),
  passes(
    'RecoveryPoints_ListByReplicationProtectedItems',
    'lists the points of an item',
    async ({ site, vault, group }) => {
      const pages = site.recoveryPoints.listByReplicationProtectedItems(
        vault,
        group,
        azureEast,
        container,
        'web',
      );
      expect((await all(pages)).map(({ name }) => name)).toEqual(['point-1']);
    },
  ),
  passes('RecoveryPoints_Get', 'shows a point', async ({ site, vault, group }) => {
    const point = await site.recoveryPoints.get(vault, group, azureEast, container, 'web', 'point-1');
    expect(point.properties?.recoveryPointType).toBe('CrashConsistent');
  }),
  passes(
    'TargetComputeSizes_ListByReplicationProtectedItems',
    'lists sizes of machines',
    async ({ site, vault, group }) => {
      const pages = site.targetComputeSizes.listByReplicationProtectedItems(
        vault,
        group,
        azureEast,
        container,
        'web',
      );
      expect((await all(pages)).length).toBeGreaterThan(0);
    },
  ),
];
