import { type At, container, held, mill, type Poller, read, verb, web } from './item-place';
import { names, quick, type ArmPlace, type ArmRow } from './place';

const { azureEast } = names;

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
