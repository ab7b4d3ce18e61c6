import type { ReplicationProtectedItem } from '@azure/arm-recoveryservices-siterecovery';
import { all, names, passes, quick, type ArmPlace, type ArmRow } from './place';

const { azureEast, site: siteName } = names;
const container = `${azureEast}-container`;

interface Poller {
  getOperationState(): { status?: string };
}

/** Where the items of the rows are. */
interface At {
  readonly fabric: string;
  readonly container: string;
  readonly item: string;
}

const web: At = { fabric: azureEast, container, item: 'web' };

async function cloudOf({ site, vault, group }: ArmPlace): Promise<string> {
  const [cloud] = await all(
    site.replicationProtectionContainers.listByReplicationFabrics(vault, group, siteName),
  );
  return cloud?.name ?? '';
}

async function read({ site, vault, group }: ArmPlace, at: At): Promise<ReplicationProtectedItem> {
  return site.replicationProtectedItems.get(vault, group, at.fabric, at.container, at.item);
}

/** The job that holds an item, by its name. */
async function held(place: ArmPlace, at: At): Promise<string> {
  const { currentScenario, allowedOperations } = (await read(place, at)).properties ?? {};
  expect(allowedOperations).toEqual([]);
  return currentScenario?.jobId?.split('/').at(-1) ?? '';
}

/** A verb: accepted, its job seen with its name and tasks, ended in its place; then the state the item came to. */
function verb(
  operation: string,
  { scenarioName, state, at }: { scenarioName: string; state: string; at?: (place: ArmPlace) => Promise<At> },
  start: (place: ArmPlace, at: At) => Promise<Poller>,
): ArmRow {
  return {
    operation,
    shows: `starts the job ${scenarioName}; after it the item is ${state}`,
    run: async (place) => {
      const where = at === undefined ? web : await at(place);
      const poller = await start(place, where);
      const jobId = await held(place, where);
      const job = await place.site.replicationJobs.get(place.vault, place.group, jobId);
      expect(job.properties).toMatchObject({ scenarioName, allowedActions: ['Cancel'] });
      expect(job.properties?.tasks?.length).toBeGreaterThan(0);
      expect(poller.getOperationState().status).not.toBe('failed');
      await place.end(jobId);
      expect((await read(place, where)).properties).toMatchObject({ protectionState: state });
      return 'pending';
    },
  };
}

async function mill(place: ArmPlace): Promise<At> {
  return { fabric: siteName, container: await cloudOf(place), item: 'mill' };
}

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

const start =
  (name: keyof ArmPlace['site']['replicationProtectedItems'], input?: object) =>
  async (place: ArmPlace, at: At): Promise<Poller> => {
    const items = place.site.replicationProtectedItems as unknown as Record<
      string,
      (...all: unknown[]) => Promise<Poller>
    >;
    const where = [place.vault, place.group, at.fabric, at.container, at.item];
    const call = items[name];
    if (call === undefined) throw new Error(`the client has no ${name}`);
    return call.call(items, ...where, ...(input === undefined ? [] : [input]), quick);
  };

const a2a = { instanceType: 'A2A' };
const group = 'ReplicationProtectedItems';

export const verbRows: readonly ArmRow[] = [
  verb(
    `${group}_Update`,
    { scenarioName: 'UpdateVmProperties', state: 'Protected' },
    start('beginUpdate', { properties: { recoveryAzureVMName: 'web-dr' } }),
  ),
  verb(`${group}_AddDisks`, { scenarioName: 'AddDisks', state: 'Protected' }, (place, at) =>
    start('beginAddDisks', {
      properties: {
        providerSpecificDetails: {
          ...a2a,
          vmManagedDisks: [
            { diskId: 'data', primaryStagingAzureStorageAccountId: 'c', recoveryResourceGroupId: 'r' },
          ],
        },
      },
    })(place, at),
  ),
  verb(
    `${group}_RemoveDisks`,
    { scenarioName: 'RemoveDisks', state: 'Protected' },
    start('beginRemoveDisks', {
      properties: {
        providerSpecificDetails: { ...a2a, vmManagedDisksIds: ['/subscriptions/s/disks/web-os'] },
      },
    }),
  ),
  verb(
    `${group}_RepairReplication`,
    { scenarioName: 'RepairReplication', state: 'Protected' },
    start('beginRepairReplication'),
  ),
  verb(
    `${group}_ResolveHealthErrors`,
    { scenarioName: 'ResolveHealthErrors', state: 'Protected' },
    start('beginResolveHealthErrors', { properties: { healthErrors: [] } }),
  ),
  verb(
    `${group}_UpdateMobilityService`,
    { scenarioName: 'UpdateMobilityService', state: 'Protected' },
    start('beginUpdateMobilityService', { properties: { runAsAccountId: '1' } }),
  ),
  verb(
    `${group}_TestFailover`,
    { scenarioName: 'TestFailover', state: 'Protected' },
    start('beginTestFailover', {
      properties: {
        failoverDirection: 'PrimaryToRecovery',
        networkType: 'NoNetworkAsInput',
        providerSpecificDetails: a2a,
      },
    }),
  ),
  verb(
    `${group}_TestFailoverCleanup`,
    { scenarioName: 'TestFailoverCleanup', state: 'Protected' },
    start('beginTestFailoverCleanup', { properties: { comments: 'works' } }),
  ),
  verb(
    `${group}_UnplannedFailover`,
    { scenarioName: 'UnplannedFailover', state: 'UnplannedFailoverCommitPendingStatesBegin' },
    start('beginUnplannedFailover', {
      properties: {
        failoverDirection: 'PrimaryToRecovery',
        sourceSiteOperations: 'NotRequired',
        providerSpecificDetails: a2a,
      },
    }),
  ),
  verb(
    `${group}_ApplyRecoveryPoint`,
    { scenarioName: 'ChangePit', state: 'UnplannedFailoverCommitPendingStatesBegin' },
    async (place, at) => {
      const recoveryPointId = `${(await read(place, at)).id ?? ''}/recoveryPoints/point-1`;
      return start('beginApplyRecoveryPoint', {
        properties: { recoveryPointId, providerSpecificDetails: a2a },
      })(place, at);
    },
  ),
  verb(
    `${group}_FailoverCommit`,
    { scenarioName: 'CommitFailover', state: 'UnplannedFailoverCommitted' },
    start('beginFailoverCommit'),
  ),
  {
    operation: 'ReplicationProtectionContainers_SwitchProtection',
    shows: 'starts the job that turns protection round',
    run: async (place) => {
      const { site, vault, group: rg } = place;
      await site.replicationProtectionContainers.beginSwitchProtection(vault, rg, azureEast, container, {
        properties: { replicationProtectedItemName: 'web', providerSpecificDetails: { instanceType: 'A2A' } },
      });
      const jobId = await held(place, web);
      const job = await site.replicationJobs.get(vault, rg, jobId);
      expect(job.properties).toMatchObject({
        scenarioName: 'SwitchReplicationGroupProtection',
        customDetails: { newReplicationProtectedItemId: expect.stringContaining('azure-west') as string },
      });
      await place.end(jobId);
      await expect(read(place, web)).rejects.toMatchObject({ statusCode: 404 });
      return 'pending';
    },
  },
  verb(
    `${group}_PlannedFailover`,
    { scenarioName: 'PlannedFailover', state: 'PlannedFailoverCommitRequired', at: mill },
    start('beginPlannedFailover', {
      properties: {
        failoverDirection: 'PrimaryToRecovery',
        providerSpecificDetails: { instanceType: 'HyperVReplicaAzure' },
      },
    }),
  ),
  verb(
    `${group}_Reprotect`,
    { scenarioName: 'ReverseReplication', state: 'Protected', at: mill },
    async (place, at) => {
      for (const next of [
        start('beginFailoverCommit'),
        start('beginPlannedFailover', {
          properties: {
            failoverDirection: 'RecoveryToPrimary',
            providerSpecificDetails: {
              instanceType: 'HyperVReplicaAzureFailback',
              dataSyncOption: 'ForDownTime',
            },
          },
        }),
        start('beginFailoverCommit'),
      ]) {
        await next(place, at);
        await place.end(await held(place, at));
      }
      return start('beginReprotect', {
        properties: {
          failoverDirection: 'PrimaryToRecovery',
          providerSpecificDetails: { instanceType: 'HyperVReplicaAzure', hvHostVmId: 'guid-mill' },
        },
      })(place, at);
    },
  ),
  verb(
    `${group}_FailoverCancel`,
    { scenarioName: 'CancelFailover', state: 'Protected', at: mill },
    async (place, at) => {
      const id = (await read(place, at)).id ?? '';
      await place.change(id, { scenario: 'InMageRcmFailback', state: 'PlannedFailoverCommitRequired' });
      return start('beginFailoverCancel')(place, at);
    },
  ),
  verb(
    `${group}_UpdateAppliance`,
    { scenarioName: 'UpdateAppliance', state: 'Protected', at: mill },
    async (place, at) => {
      const id = (await read(place, at)).id ?? '';
      await place.change(id, { scenario: 'InMageRcm', instanceType: 'InMageRcm', state: 'Protected' });
      return start('beginUpdateAppliance', {
        properties: { targetApplianceId: 'a', providerSpecificDetails: { instanceType: 'InMageRcm' } },
      })(place, at);
    },
  ),
  verb(
    `${group}_SwitchProvider`,
    { scenarioName: 'SwitchProvider', state: 'Protected', at: mill },
    async (place, at) => {
      const id = (await read(place, at)).id ?? '';
      await place.change(id, { scenario: 'InMageAzureV2', instanceType: 'InMageAzureV2' });
      const details = {
        instanceType: 'InMageAzureV2',
        targetVaultID: 'v',
        targetFabricID: 'f',
        targetApplianceID: 'a',
      };
      return start('beginSwitchProvider', {
        properties: { targetInstanceType: 'InMageRcm', providerSpecificDetails: details },
      })(place, at);
    },
  ),
  {
    operation: `${group}_Delete`,
    shows: 'starts the job that disables protection; the item is gone after it',
    run: async (place) => {
      const at = await mill(place);
      await start('beginDelete', { properties: { disableProtectionReason: 'NotSpecified' } })(place, at);
      await place.end(await held(place, at));
      await expect(read(place, at)).rejects.toMatchObject({ statusCode: 404 });
      return 'pending';
    },
  },
  {
    operation: `${group}_Purge`,
    shows: 'starts the job that removes without clean-up',
    run: async (place) => {
      const { site, vault, group: rg, vaultId } = place;
      const provider = { instanceType: 'A2A' as const, fabricObjectId: '/subscriptions/s/machines/web' };
      await site.replicationProtectedItems.beginCreate(vault, rg, azureEast, container, 'web', {
        properties: { policyId: `${vaultId}/replicationPolicies/a2a`, providerSpecificDetails: provider },
      });
      const enabling = await held(place, web);
      await start('beginPurge')(place, web);
      await place.end(await held(place, web));
      await expect(read(place, web)).rejects.toMatchObject({ statusCode: 404 });
      expect((await site.replicationJobs.get(vault, rg, enabling)).properties?.state).toBe('Cancelled');
      return 'pending';
    },
  },
];
