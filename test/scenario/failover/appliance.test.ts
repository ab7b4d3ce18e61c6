import { blockBytes } from '../../../agent/capture/dirty-bitmap';
import { expectSame, StackLife } from '../../support/failover/stack-life';
import type { StackMachine } from '../../support/failover/stack-machine';
import { targetGroup } from '../../support/failover/target-cloud';
import { quick } from '../../support/protection/site';
import { appliance } from '../../support/failover/life-options';
import { sampleDisk } from '../../support/protection/site-options';

const provider = { instanceType: 'InMageRcm' as const };

let life: StackLife;
let machine: StackMachine;

beforeAll(async () => {
  life = await StackLife.open(appliance);
  machine = await life.machine({ name: 'web', disks: [sampleDisk()] });
  await life.site.protect('web', 'web', {
    ...{ fabricDiscoveryMachineId: machine.machineId, processServerId: 'appliance' },
    ...{ targetResourceGroupId: targetGroup, targetNetworkId: life.networkId },
  });
}, 240_000);

afterAll(() => life.close(), 60_000);

async function isTested(): Promise<{ early: string; atEarly: Buffer }> {
  await machine.write(0, 4096, Buffer.alloc(512, 0x11));
  const early = await life.point();
  const atEarly = machine.content(0);
  const recoveryPointId = `${life.itemId}/recoveryPoints/${early}`;
  await life.test({ ...provider, recoveryPointId }, [atEarly]);
  expect(await life.made()).toEqual([]);
  return { early, atEarly };
}

async function failsOver(): Promise<void> {
  await machine.write(0, 8192, Buffer.alloc(512, 0x22));
  const planned = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: undefined as never };
  await expect(
    life.items.beginPlannedFailoverAndWait(...life.at, { properties: planned }, quick),
  ).rejects.toMatchObject({ statusCode: 400 });
  const properties = {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'Required' },
    providerSpecificDetails: { ...provider, performShutdown: 'true' },
  };
  await life.items.beginUnplannedFailoverAndWait(...life.at, { properties }, quick);
  expect(machine.isRunning).toBe(false);
  expectSame(await life.contents(await life.recovered('real')), [machine.content(0)]);
}

async function changesPoint(early: string, atEarly: Buffer): Promise<void> {
  const recoveryPointId = `${life.itemId}/recoveryPoints/${early}`;
  const properties = { recoveryPointId, providerSpecificDetails: { ...provider, recoveryPointId } };
  await life.items.beginApplyRecoveryPointAndWait(...life.at, { properties }, quick);
  expectSame(await life.contents(await life.recovered('real')), [atEarly]);
  await life.commit();
  await life.reaches('UnplannedFailoverCommitted');
}

async function isReprotected(): Promise<StackMachine> {
  const recovered = await life.installAgent();
  await recovered.write(0, 65_536, Buffer.alloc(4096, 0x33));
  const providerSpecificDetails = {
    ...provider,
    ...{ reprotectAgentId: 'agent', datastoreName: 'store', logStorageAccountId: 'account' },
  };
  const properties = { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails };
  await life.items.beginReprotectAndWait(...life.at, { properties }, quick);
  await recovered.write(0, 131_072, Buffer.alloc(512, 0x44));
  return recovered;
}

async function comesHome(recovered: StackMachine): Promise<void> {
  const providerSpecificDetails = {
    ...{ instanceType: 'InMageRcmFailback' as const, recoveryPointType: 'CrashConsistent' as const },
  };
  const properties = { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails };
  await life.items.beginPlannedFailoverAndWait(...life.at, { properties }, quick);
  expectSame([machine.content(0)], [recovered.content(0)]);
  expect(await life.sentHomeBytes()).toBe(3 * blockBytes);
  expect(machine.isRunning).toBe(true);
  await life.commit();
  expect(await life.made()).toEqual([]);
}

async function isProtectedAgain(): Promise<void> {
  const providerSpecificDetails = {
    ...{ instanceType: 'InMageRcmFailback' as const, processServerId: 'appliance' },
    policyId: `${life.site.vaultId}/replicationPolicies/policy`,
  };
  const properties = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails };
  await life.items.beginReprotectAndWait(...life.at, { properties }, quick);
  await machine.write(0, 262_144, Buffer.alloc(512, 0x55));
  await life.replicasReach([machine.content(0)]);
}

describe('a VMware machine behind an appliance, and the official client', () => {
  it('B13 B15 is tested, failed over, brought to another point and home, and protected again', async () => {
    const { early, atEarly } = await isTested();
    await failsOver();
    await changesPoint(early, atEarly);
    await comesHome(await isReprotected());
    await isProtectedAgain();
    expect(machine.isRunning).toBe(true);
  }, 300_000);
});
