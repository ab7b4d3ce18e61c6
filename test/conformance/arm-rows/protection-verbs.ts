import { azureDisk } from '../arm-lives/protected-life';
import type { ProtectedLife } from '../arm-lives/protected-life';
import { protectAzure } from './enabling';
import { all, passes, type ArmPlace, type ArmRow } from './place';

const group = 'ReplicationProtectedItems';
const a2a = { instanceType: 'A2A' } as const;

interface DiskShown {
  readonly diskId: string;
}

async function disksOf(life: ProtectedLife, item: string): Promise<string[]> {
  const details = (await life.read(item)).properties?.providerSpecificDetails;
  return (
    (details as { protectedManagedDisks?: DiskShown[] }).protectedManagedDisks?.map(({ diskId }) => diskId) ??
    []
  );
}

/** The newest job of this name, as the client reads it. */
async function jobOf({ site, where }: ProtectedLife, scenarioName: string) {
  const [newest] = await all(
    site.replicationJobs.list(...where, { filter: `scenarioName eq '${scenarioName}'` }),
  );
  return (await site.replicationJobs.get(...where, newest?.name ?? '')).properties;
}

async function expectDone(life: ProtectedLife, scenarioName: string): Promise<void> {
  const job = await jobOf(life, scenarioName);
  expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
  expect(job?.tasks?.map(({ state }) => state)).toEqual(job?.tasks?.map(() => 'Succeeded'));
}

async function leftOf(life: ProtectedLife, replicaIds: readonly string[]): Promise<string[]> {
  return (await life.world.replication.disks.list()).filter((id) => replicaIds.includes(id));
}

async function replicasOf(life: ProtectedLife, item: string): Promise<string[]> {
  return ((await life.world.item(item))?.disks ?? []).map(({ replicaId }) => replicaId);
}

/** A row about the Azure machines. */
function azureRow(
  operation: string,
  shows: string,
  run: (life: ProtectedLife, place: ArmPlace) => Promise<void>,
): ArmRow {
  return passes(`${group}_${operation}`, shows, async (place) => run(await place.lives.azure(), place));
}

export const protectionVerbRows: readonly ArmRow[] = [
  azureRow('Update', 'changes what the machine will be at the target', async (life) => {
    const changes = { properties: { recoveryAzureVMName: 'web-dr', recoveryAzureVMSize: 'Standard_B4ms' } };
    await life.ended(life.site.replicationProtectedItems.beginUpdate(...life.at('web'), changes));
    expect((await life.read('web')).properties?.providerSpecificDetails).toMatchObject(changes.properties);
    await expectDone(life, 'UpdateVmProperties');
  }),
  azureRow('AddDisks', 'replicates one more disk; points have all of them from then on', async (life) => {
    const disk = {
      ...{ diskId: azureDisk('web', 2), primaryStagingAzureStorageAccountId: '/subscriptions/s/cache' },
      recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
    };
    await life.ended(
      life.site.replicationProtectedItems.beginAddDisks(...life.at('web'), {
        properties: { providerSpecificDetails: { ...a2a, vmManagedDisks: [disk] } },
      }),
    );
    expect(await disksOf(life, 'web')).toEqual([0, 1, 2].map((index) => azureDisk('web', index)));
    await life.world.pump(4);
    const replicas = await replicasOf(life, 'web');
    const points = await life.world.wired.ports.replicas.points(replicas[2] ?? '');
    expect(points.at(-1)?.state).toBe('listed');
    await expectDone(life, 'AddDisks');
  }),
  azureRow('RemoveDisks', 'ends the replication of a disk, and leaves nothing of it', async (life) => {
    const [, removed = ''] = await replicasOf(life, 'web');
    await life.ended(
      life.site.replicationProtectedItems.beginRemoveDisks(...life.at('web'), {
        properties: { providerSpecificDetails: { ...a2a, vmManagedDisksIds: [azureDisk('web', 1)] } },
      }),
    );
    expect(await disksOf(life, 'web')).toEqual([0, 2].map((index) => azureDisk('web', index)));
    expect(await leftOf(life, [removed])).toEqual([]);
    await expectDone(life, 'RemoveDisks');
  }),
  azureRow('RepairReplication', 'resynchronizes every disk in a new epoch', async (life) => {
    const { replicas } = life.world.wired.ports;
    const epochs = async (): Promise<number[]> =>
      Promise.all(
        (await replicasOf(life, 'web')).map(async (id) => (await replicas.read(id))?.applied?.epoch ?? 0),
      );
    const before = await epochs();
    await life.ended(life.site.replicationProtectedItems.beginRepairReplication(...life.at('web')));
    await life.world.pump(4);
    const after = await epochs();
    expect(after.map((epoch, index) => epoch > (before[index] ?? 0))).toEqual(before.map(() => true));
    expect((await life.read('web')).properties).toMatchObject({ protectionState: 'Protected' });
    await expectDone(life, 'RepairReplication');
  }),
  azureRow('ResolveHealthErrors', 'takes a resolved error away, and keeps it away', async (life) => {
    life.world.compute.cloud.networks.clear();
    life.world.clock.advance(12 * 3_600_000 + 1);
    await life.world.pump(1);
    await life.world.review('web');
    const errors = (await life.read('web')).properties?.healthErrors ?? [];
    expect(errors.map(({ errorCode }) => errorCode)).toContain('TargetResourceMissing');
    const healthErrors = errors.map(({ errorId }) => ({ healthErrorId: errorId ?? '' }));
    await life.ended(
      life.site.replicationProtectedItems.beginResolveHealthErrors(...life.at('web'), {
        properties: { healthErrors },
      }),
    );
    await life.world.review('web');
    expect((await life.read('web')).properties?.healthErrors).toEqual([]);
    await expectDone(life, 'ResolveHealthErrors');
  }),
  azureRow('UpdateMobilityService', 'finds the agent that speaks for the machine', async (life) => {
    await life.ended(
      life.site.replicationProtectedItems.beginUpdateMobilityService(...life.at('web'), {
        properties: { runAsAccountId: '1' },
      }),
    );
    await expectDone(life, 'UpdateMobilityService');
  }),
  passes(`${group}_SwitchProvider`, 'hands a classic VMware machine to the modern way', async ({ lives }) => {
    const life = await lives.vmware();
    await life.world.protect('barn');
    const details = {
      ...{ instanceType: 'InMageAzureV2' as const, targetVaultID: 'v', targetFabricID: 'f' },
      targetApplianceID: 'first',
    };
    const answer = await life.ended(
      life.site.replicationProtectedItems.beginSwitchProvider(...life.at('barn'), {
        properties: { targetInstanceType: 'InMageRcm', providerSpecificDetails: details },
      }),
    );
    // The operation's status is the answer, and holds the item.
    expect(answer?.properties).toMatchObject({ properties: { protectionState: 'Protected' } });
    expect((await life.read('barn')).properties?.providerSpecificDetails).toMatchObject({
      instanceType: 'InMageRcm',
      targetApplianceID: 'first',
    });
  }),
  passes(`${group}_UpdateAppliance`, 'keeps which appliance it is', async ({ lives }) => {
    const life = await lives.vmware();
    await life.ended(
      life.site.replicationProtectedItems.beginUpdateAppliance(...life.at('barn'), {
        properties: {
          targetApplianceId: 'second',
          providerSpecificDetails: { instanceType: 'InMageRcm', runAsAccountId: 'account' },
        },
      }),
    );
    expect((await life.read('barn')).properties?.providerSpecificDetails).toMatchObject({
      runAsAccountId: 'account',
    });
    await expectDone(life, 'UpdateAppliance');
  }),
  azureRow('Delete', 'disables protection: item, replicas and points are gone', async (life) => {
    const replicas = await replicasOf(life, 'web');
    expect(await leftOf(life, replicas)).toHaveLength(2);
    await life.ended(
      life.site.replicationProtectedItems.beginDelete(...life.at('web'), {
        properties: { disableProtectionReason: 'NotSpecified' },
      }),
    );
    await expect(life.read('web')).rejects.toMatchObject({ statusCode: 404 });
    expect(await leftOf(life, replicas)).toEqual([]);
    await expectDone(life, 'DisableDr');
    await protectAzure(life, 'web');
    expect((await life.read('web')).properties).toMatchObject({ protectionState: 'Protected' });
  }),
  azureRow('Purge', 'removes an item although nobody speaks for its machine any more', async (life) => {
    const replicas = await replicasOf(life, 'mill');
    for (const agent of life.world.agents) agent.isSilent = true;
    await life.ended(life.site.replicationProtectedItems.beginPurge(...life.at('mill')));
    await expect(life.read('mill')).rejects.toMatchObject({ statusCode: 404 });
    expect(await leftOf(life, replicas)).toEqual([]);
    for (const agent of life.world.agents) agent.isSilent = false;
  }),
];
