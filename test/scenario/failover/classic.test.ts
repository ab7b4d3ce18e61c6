import { eventually } from '../../support/eventually';
import { blockBytes } from '../../../agent/capture/dirty-bitmap';
import { expectSame, StackLife } from '../../support/failover/stack-life';
import { classicSite } from '../../support/failover/life-options';
import type { StackMachine } from '../../support/failover/stack-machine';
import { targetGroup } from '../../support/failover/target-cloud';
import { quick } from '../../support/protection/site';
import { sampleDisk } from '../../support/protection/site-options';

const provider = { instanceType: 'InMageAzureV2' as const };

let life: StackLife;
let machine: StackMachine;

beforeAll(async () => {
  life = await StackLife.open(classicSite);
  machine = await life.machine({ name: 'web', disks: [sampleDisk()] });
  await life.site.protect('web', 'web', {
    ...{ processServerId: 'process-server', masterTargetId: 'master-target' },
    ...{ targetAzureV2ResourceGroupId: targetGroup, targetAzureNetworkId: life.networkId },
  });
}, 240_000);

afterAll(() => life.close());

async function isTested(): Promise<{ early: string; atEarly: Buffer }> {
  await machine.write(0, 4096, Buffer.alloc(512, 0x11));
  const early = await life.point();
  const atEarly = machine.content(0);
  await life.test({ ...provider, recoveryPointId: `${life.itemId}/recoveryPoints/${early}` }, [atEarly]);
  expect(await life.made()).toEqual([]);
  return { early, atEarly };
}

/** The source is not asked to stop; it is told soon after that it may not write any more. */
async function failsOver(): Promise<void> {
  await machine.write(0, 8192, Buffer.alloc(512, 0x22));
  await life.point();
  const properties = {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'NotRequired' },
    providerSpecificDetails: provider,
  };
  await life.items.beginUnplannedFailoverAndWait(...life.at, { properties }, quick);
  expect(machine.tasks).toEqual([]);
  expectSame(await life.contents(await life.recovered('real')), [machine.content(0)]);
  await eventually(() =>
    machine.write(0, 0, Buffer.alloc(512)).then(
      () => false,
      () => true,
    ),
  );
}

async function changesPoint(early: string, atEarly: Buffer): Promise<void> {
  const recoveryPointId = `${life.itemId}/recoveryPoints/${early}`;
  const properties = { recoveryPointId, providerSpecificDetails: provider };
  await life.items.beginApplyRecoveryPointAndWait(...life.at, { properties }, quick);
  expectSame(await life.contents(await life.recovered('real')), [atEarly]);
  await life.commit();
}

async function isReprotected(): Promise<StackMachine> {
  const recovered = await life.installAgent();
  await recovered.write(0, 65_536, Buffer.alloc(4096, 0x33));
  const properties = { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails: provider };
  const reversing = await life.items.beginReprotect(...life.at, { properties }, quick);
  await reversing.pollUntilDone();
  life.item = 'web-new';
  await life.reaches('Protected');
  return recovered;
}

async function comesHome(recovered: StackMachine): Promise<void> {
  await recovered.write(0, 131_072, Buffer.alloc(512, 0x44));
  const properties = {
    ...{ failoverDirection: 'RecoveryToPrimary', sourceSiteOperations: 'Required' },
    providerSpecificDetails: { instanceType: 'InMage' as const, recoveryPointType: 'LatestTime' as const },
  };
  await life.items.beginUnplannedFailoverAndWait(...life.at, { properties }, quick);
  expectSame([machine.content(0)], [recovered.content(0)]);
  expect(await life.sentHomeBytes()).toBe(3 * blockBytes);
  expect(machine.isRunning).toBe(true);
  await life.commit();
  expect(await life.made()).toEqual([]);
}

async function isProtectedAgain(): Promise<void> {
  const providerSpecificDetails = {
    ...{ instanceType: 'InMage' as const, masterTargetId: 'master-target', retentionDrive: '/' },
    ...{ processServerId: 'process-server', profileId: `${life.site.vaultId}/replicationPolicies/policy` },
  };
  const properties = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails };
  const reversing = await life.items.beginReprotect(...life.at, { properties }, quick);
  await reversing.pollUntilDone();
  life.item = 'web-new-new';
  await life.reaches('Protected');
  await machine.write(0, 262_144, Buffer.alloc(512, 0x55));
  await life.replicasReach([machine.content(0)]);
}

describe('a VMware machine protected the classic way, and the official client', () => {
  it('B13 B15 B16 is tested, failed over, brought to another point and home, and protected again', async () => {
    const { early, atEarly } = await isTested();
    await failsOver();
    await changesPoint(early, atEarly);
    await comesHome(await isReprotected());
    await isProtectedAgain();
    expect(machine.isRunning).toBe(true);
  }, 300_000);
});
