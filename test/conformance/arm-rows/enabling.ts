import { vault as vaultId } from '../../support/arm/world';
import { azureDisk, azureMachine } from '../arm-lives/protected-life';
import type { ProtectedLife } from '../arm-lives/protected-life';
import { all, passes, type ArmRow } from './place';

/** The input that protects an Azure machine's first two disks. */
function azureInput(life: ProtectedLife, name: string) {
  const vmManagedDisks = [0, 1].map((index) => ({
    diskId: azureDisk(name, index),
    primaryStagingAzureStorageAccountId: '/subscriptions/s/cache',
    recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
  }));
  return {
    properties: {
      policyId: `${vaultId}/replicationPolicies/p`,
      providerSpecificDetails: {
        instanceType: 'A2A' as const,
        fabricObjectId: azureMachine(name),
        recoveryContainerId: life.world.otherContainerId,
        vmManagedDisks,
      },
    },
  };
}

/** Protects an Azure machine, until its first points are there. */
export async function protectAzure(life: ProtectedLife, name: string): Promise<void> {
  await life.ended(life.site.replicationProtectedItems.beginCreate(...life.at(name), azureInput(life, name)));
  await life.world.pump(4);
}

export const enableRows: readonly ArmRow[] = [
  passes(
    'ReplicationProtectableItems_ListByReplicationProtectionContainers',
    'lists and filters machines that agents report',
    async ({ lives }) => {
      const life = await lives.hyperV();
      for (const name of ['mill', 'barn']) await life.world.machine(name, [65_536]);
      const [vault, group, fabric, container] = life.at('');
      const list = (filter: string) =>
        all(
          life.site.replicationProtectableItems.listByReplicationProtectionContainers(
            ...([vault, group, fabric, container] as const),
            { filter },
          ),
        );
      const free = await list("state eq 'Unprotected'");
      expect(free.map(({ properties }) => properties?.friendlyName).toSorted()).toEqual(['barn', 'mill']);
      expect(await list("state eq 'Protected'")).toEqual([]);
    },
  ),
  passes('ReplicationProtectableItems_Get', 'shows a machine with its disks', async ({ lives }) => {
    const { site, at } = await lives.hyperV();
    const [vault, group, fabric, container] = at('');
    const where = [vault, group, fabric, container] as const;
    const [first] = await all(
      site.replicationProtectableItems.listByReplicationProtectionContainers(...where, {
        filter: "friendlyName eq 'mill'",
      }),
    );
    const found = await site.replicationProtectableItems.get(...where, first?.name ?? '');
    expect(found.properties).toMatchObject({
      ...{ friendlyName: 'mill', protectionStatus: 'Unprotected' },
      customDetails: { diskDetails: [{ vhdName: 'disk0' }] },
    });
  }),
  passes(
    'ReplicationProtectedItems_Create',
    'protects machines of Azure and of a Hyper-V site: visible at once, then copied, finalized, with recovery points',
    async ({ lives }) => {
      const azure = await lives.azure();
      await azure.site.replicationProtectedItems.beginCreate(...azure.at('web'), azureInput(azure, 'web'));
      expect((await azure.read('web')).properties).toMatchObject({
        ...{ protectionState: 'UnprotectedStatesBegin', allowedOperations: [] },
        currentScenario: { scenarioName: 'EnableDr' },
      });
      await azure.world.pump(3);
      azure.world.clock.advance(10_000);
      await azure.world.pump(4);
      await protectAzure(azure, 'mill');
      const hyperV = await lives.hyperV();
      await hyperV.world.enable('mill');
      await hyperV.world.pump(3);
      for (const [life, name] of [
        [azure, 'web'],
        [azure, 'mill'],
        [hyperV, 'mill'],
      ] as const) {
        expect((await life.read(name)).properties).toMatchObject({ protectionState: 'Protected' });
        expect(await life.world.points(name)).not.toEqual([]);
      }
    },
  ),
  passes('ReplicationProtectedItems_Get', 'shows state, health and allowed operations', async ({ lives }) => {
    expect((await (await lives.azure()).read('web')).properties).toMatchObject({
      protectionState: 'Protected',
      activeLocation: 'Primary',
      replicationHealth: 'Normal',
      allowedOperations: ['RepairReplication', 'UnplannedFailover', 'DisableProtection', 'TestFailover'],
      providerSpecificDetails: { instanceType: 'A2A', vmProtectionState: 'Protected' },
    });
  }),
  passes('ReplicationProtectedItems_List', 'lists and filters those of the vault', async ({ lives }) => {
    const { site, where } = await lives.azure();
    expect(await all(site.replicationProtectedItems.list(...where))).toHaveLength(2);
    const filtered = site.replicationProtectedItems.list(...where, { filter: "friendlyName eq 'mill'" });
    expect((await all(filtered)).map(({ name }) => name)).toEqual(['mill']);
  }),
  passes(
    'ReplicationProtectedItems_ListByReplicationProtectionContainers',
    'lists those of a container',
    async ({ lives }) => {
      const { site, at } = await lives.azure();
      const [vault, group, fabric, container] = at('');
      const list = site.replicationProtectedItems.listByReplicationProtectionContainers.bind(
        site.replicationProtectedItems,
      );
      const here = await all(list(vault, group, fabric, container));
      expect(here.map(({ name }) => name)).toEqual(['mill', 'web']);
      expect(await all(list(vault, group, 'other', 'there'))).toEqual([]);
    },
  ),
  passes(
    'RecoveryPoints_ListByReplicationProtectedItems',
    'lists the points of an item',
    async ({ lives }) => {
      const { site, at, world } = await lives.azure();
      const found = await all(site.recoveryPoints.listByReplicationProtectedItems(...at('web')));
      expect(found.map(({ name }) => name ?? '').toSorted()).toEqual((await world.points('web')).toSorted());
    },
  ),
  passes('RecoveryPoints_Get', 'shows a point', async ({ lives }) => {
    const { site, at, world } = await lives.azure();
    const [name = ''] = await world.points('web');
    const point = await site.recoveryPoints.get(...at('web'), name);
    expect(point.properties?.recoveryPointType).toBe('CrashConsistent');
  }),
  passes(
    'TargetComputeSizes_ListByReplicationProtectedItems',
    'lists sizes of machines',
    async ({ lives }) => {
      const { site, at } = await lives.azure();
      const sizes = await all(site.targetComputeSizes.listByReplicationProtectedItems(...at('web')));
      expect(sizes.length).toBeGreaterThan(0);
    },
  ),
];
