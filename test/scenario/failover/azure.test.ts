import { expectSame, StackLife } from '../../support/failover/stack-life';
import type { StackMachine } from '../../support/failover/stack-machine';
import { isTakenBack } from '../../support/failover/taken-back';
import { targetGroup } from '../../support/failover/target-cloud';
import { group, quick } from '../../support/protection/site';
import { azureRegion, sampleDisk } from '../../support/protection/site-options';

const provider = { instanceType: 'A2A' as const };

let life: StackLife;
let machine: StackMachine;
let vm: string;

beforeAll(async () => {
  life = await StackLife.open(azureRegion);
  const disks = [sampleDisk(), sampleDisk()];
  vm = await life.cloud.source('shop', life.inside.ports.disks, disks);
  machine = await life.machine({ name: 'shop', machineId: vm, disks });
  const managed = (diskId: string): object => ({
    ...{ diskId, primaryStagingAzureStorageAccountId: '/subscriptions/s/cache' },
    recoveryResourceGroupId: targetGroup,
  });
  await life.site.protect('web', 'shop', {
    fabricObjectId: vm,
    recoveryContainerId: `${life.site.vaultId}/replicationFabrics/other/replicationProtectionContainers/there`,
    ...{ recoveryResourceGroupId: targetGroup, recoveryAzureNetworkId: life.networkId },
    vmManagedDisks: [managed('disk0'), managed('disk1')],
  });
}, 240_000);

afterAll(() => life.close());

const contents = (of: StackMachine): Buffer[] => [of.content(0), of.content(1)];

async function isTested(): Promise<{ early: string; atEarly: Buffer[] }> {
  await machine.write(0, 4096, Buffer.alloc(512, 0x11));
  const early = await life.point();
  const atEarly = contents(machine);
  await life.test({ ...provider, recoveryPointId: `${life.itemId}/recoveryPoints/${early}` }, atEarly);
  expect(await life.made()).toEqual([]);
  return { early, atEarly };
}

/** With the machine that runs now shut down first, wherever it is. */
async function failsOver(from: StackMachine): Promise<void> {
  const properties = {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'Required' },
    providerSpecificDetails: provider,
  };
  await life.items.beginUnplannedFailoverAndWait(...life.at, { properties }, quick);
  expectSame(await life.contents(await life.recovered('real')), contents(from));
  expect((await life.cloud.compute.machines.look(from.machineId))?.power).toBe('stopped');
}

async function changesPoint(early: string, atEarly: readonly Buffer[]): Promise<void> {
  const recoveryPointId = `${life.itemId}/recoveryPoints/${early}`;
  const properties = { recoveryPointId, providerSpecificDetails: provider };
  await life.items.beginApplyRecoveryPointAndWait(...life.at, { properties }, quick);
  expectSame(await life.contents(await life.recovered('real')), atEarly);
}

/** Turned round by the container: a new item, in the other region's container, replaces the old one. */
async function turnsTo(fabric: string, container: string, recovered: StackMachine): Promise<void> {
  await recovered.write(1, 65_536, Buffer.alloc(4096, recovered.machineId.length % 256));
  const providerSpecificDetails = { ...provider, recoveryContainerId: life.containerId };
  await life.site.client.replicationProtectionContainers.beginSwitchProtectionAndWait(
    ...[life.site.vault, group, life.fabric, life.container],
    { properties: { replicationProtectedItemName: life.item, providerSpecificDetails } },
    quick,
  );
  [life.fabric, life.container] = [fabric, container];
  await life.reaches('Protected');
  await recovered.write(0, 131_072, Buffer.alloc(512, 0x44));
}

describe('an Azure machine, and the official client', () => {
  it('A9 A10 is tested, failed over, brought to another point and home, protected again, and taken back when it was deleted', async () => {
    const { early, atEarly } = await isTested();
    await machine.write(1, 8192, Buffer.alloc(512, 0x22));
    await failsOver(machine);
    await changesPoint(early, atEarly);
    await life.commit();

    const { fabric, container } = life;
    const recovered = await life.installAgent('other');
    await turnsTo('other', 'there', recovered);

    await failsOver(recovered);
    await life.commit();
    expect(await life.cloud.compute.machines.look(vm)).toBeUndefined();
    const back = await life.installAgent(fabric);
    await turnsTo(fabric, container, back);
    await life.replicasReach(contents(back));
    expect(await life.cloud.compute.machines.look(recovered.machineId)).toBeDefined();
    await isTakenBack(life, back);
  }, 300_000);
});
