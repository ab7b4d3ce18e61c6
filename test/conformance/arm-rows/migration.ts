import { all, names, passes, refuses, type ArmRow } from './place';

const { azureEast } = names;
const at = [azureEast, `${azureEast}-container`, 'none'] as const;
const offered = { status: 400, code: 'UnsupportedScenario' };
const missing = { status: 404, code: 'NotFound' };
const provider = { instanceType: 'VMwareCbt' as const };

export const migrationRows: readonly ArmRow[] = [
  passes('ReplicationMigrationItems_List', 'is empty', async ({ site, vault, group: rg }) => {
    expect(await all(site.replicationMigrationItems.list(vault, rg))).toEqual([]);
  }),
  passes(
    'ReplicationMigrationItems_ListByReplicationProtectionContainers',
    'is empty',
    async ({ site, vault, group: rg }) => {
      const pages = site.replicationMigrationItems.listByReplicationProtectionContainers(
        vault,
        rg,
        at[0],
        at[1],
      );
      expect(await all(pages)).toEqual([]);
    },
  ),
  passes(
    'MigrationRecoveryPoints_ListByReplicationMigrationItems',
    'is empty',
    async ({ site, vault, group: rg }) => {
      expect(
        await all(site.migrationRecoveryPoints.listByReplicationMigrationItems(vault, rg, ...at)),
      ).toEqual([]);
    },
  ),
  refuses('MigrationRecoveryPoints_Get', missing, ({ site, vault, group: rg }) =>
    site.migrationRecoveryPoints.get(vault, rg, ...at, 'point'),
  ),
  refuses('ReplicationMigrationItems_Get', missing, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.get(vault, rg, ...at),
  ),
  refuses('ReplicationMigrationItems_Create', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginCreateAndWait(vault, rg, ...at, {
      properties: {
        policyId: 'p',
        providerSpecificDetails: {
          ...provider,
          ...{
            vmwareMachineId: 'm',
            disksToInclude: [],
            dataMoverRunAsAccountId: 'a',
            snapshotRunAsAccountId: 'b',
          },
          ...{ targetResourceGroupId: 'g', targetNetworkId: 'n' },
        },
      },
    }),
  ),
  refuses('ReplicationMigrationItems_Delete', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginDeleteAndWait(vault, rg, ...at),
  ),
  refuses('ReplicationMigrationItems_Update', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginUpdateAndWait(vault, rg, ...at, {
      properties: { providerSpecificDetails: provider },
    }),
  ),
  refuses('ReplicationMigrationItems_Migrate', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginMigrateAndWait(vault, rg, ...at, {
      properties: { providerSpecificDetails: { ...provider, performShutdown: 'true' } },
    }),
  ),
  refuses('ReplicationMigrationItems_PauseReplication', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginPauseReplicationAndWait(vault, rg, ...at, {
      properties: { instanceType: 'VMwareCbt' },
    }),
  ),
  refuses('ReplicationMigrationItems_ResumeReplication', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginResumeReplicationAndWait(vault, rg, ...at, {
      properties: { providerSpecificDetails: { ...provider, deleteMigrationResources: 'true' } },
    }),
  ),
  refuses('ReplicationMigrationItems_Resync', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginResyncAndWait(vault, rg, ...at, {
      properties: { providerSpecificDetails: { ...provider, skipCbtReset: 'true' } },
    }),
  ),
  refuses('ReplicationMigrationItems_TestMigrate', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginTestMigrateAndWait(vault, rg, ...at, {
      properties: { providerSpecificDetails: { ...provider, recoveryPointId: 'r', networkId: 'n' } },
    }),
  ),
  refuses('ReplicationMigrationItems_TestMigrateCleanup', offered, ({ site, vault, group: rg }) =>
    site.replicationMigrationItems.beginTestMigrateCleanupAndWait(vault, rg, ...at, { properties: {} }),
  ),
];
