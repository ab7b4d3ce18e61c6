import { blockBytes } from '../../../agent/capture/dirty-bitmap';
import { expectSame, StackLife } from '../../support/failover/stack-life';
import type { StackMachine } from '../../support/failover/stack-machine';
import { targetGroup } from '../../support/failover/target-cloud';
import { quick } from '../../support/protection/site';
import { hyperVSite, sampleDisk } from '../../support/protection/site-options';

const hyperV = { instanceType: 'HyperVReplicaAzure' as const };
const away = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: hyperV };

let life: StackLife;
let machine: StackMachine;
const contents = (of: StackMachine): Buffer[] => [of.content(0), of.content(1)];

beforeAll(async () => {
  life = await StackLife.open(hyperVSite);
  machine = await life.machine({ name: 'web', disks: [sampleDisk(), sampleDisk()] });
  await life.site.protect('web', 'web', {
    targetAzureNetworkId: life.networkId,
    targetAzureV2ResourceGroupId: targetGroup,
  });
}, 240_000);

afterAll(() => life.close());

async function isTested(): Promise<{ early: string; atEarly: Buffer[] }> {
  await machine.write(0, 4096, Buffer.alloc(512, 0x11));
  const early = await life.point();
  const atEarly = contents(machine);
  const recoveryPointId = `${life.itemId}/recoveryPoints/${early}`;
  await life.test({ ...hyperV, recoveryPointId }, atEarly);
  expect(await life.made()).toEqual([]);
  expect(machine.isRunning).toBe(true);
  return { early, atEarly };
}

async function failsOverAsPlanned(): Promise<void> {
  await machine.write(1, 8192, Buffer.alloc(512, 0x22));
  await life.items.beginPlannedFailoverAndWait(...life.at, { properties: away }, quick);
  expect(machine.tasks).toEqual(['shutDownMachine']);
  const real = await life.recovered('real');
  expectSame(await life.contents(real), contents(machine));
  const made = await life.cloud.compute.machines.look(real.machine?.id ?? '');
  expect(made?.machine).toMatchObject({
    name: 'web',
    nics: [{ networkId: life.networkId, subnet: 'a', address: '10.0.0.4' }],
  });
  await expect(machine.write(0, 0, Buffer.alloc(512))).rejects.toMatchObject({ error: 1 });
}

async function changesPoint(early: string, atEarly: readonly Buffer[]): Promise<void> {
  const recoveryPointId = `${life.itemId}/recoveryPoints/${early}`;
  const properties = { recoveryPointId, providerSpecificDetails: hyperV };
  await life.items.beginApplyRecoveryPointAndWait(...life.at, { properties }, quick);
  expectSame(await life.contents(await life.recovered('real')), atEarly);
  const item = await life.items.beginFailoverCommitAndWait(...life.at, quick);
  expect(item.properties).toMatchObject({
    protectionState: 'PlannedFailoverStatesBegin',
    allowedOperations: expect.arrayContaining(['Failback']),
  });
}

async function comesHome(): Promise<void> {
  const recovered = await life.installAgent();
  await recovered.write(0, 65_536, Buffer.alloc(4096, 0x33));
  const details = { instanceType: 'HyperVReplicaAzureFailback', dataSyncOption: 'ForDownTime' } as const;
  const properties = { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails: details };
  await life.items.beginPlannedFailoverAndWait(...life.at, { properties }, quick);
  expectSame(contents(machine), contents(recovered));
  expect(await life.sentHomeBytes()).toBe(2 * blockBytes);
  expect(machine.isRunning).toBe(true);
  await life.commit();
  expect(await life.made()).toEqual([]);
}

async function isProtectedAgain(): Promise<void> {
  await life.items.beginReprotectAndWait(...life.at, { properties: away }, quick);
  await life.reaches('Protected');
  await machine.write(1, 131_072, Buffer.alloc(512, 0x44));
  await life.replicasReach(contents(machine));
}

describe('a Hyper-V machine and the official client', () => {
  it('X5 D18 D20 A9 B15 is tested, failed over, brought to another point and home, and protected again', async () => {
    const { early, atEarly } = await isTested();
    await failsOverAsPlanned();
    await changesPoint(early, atEarly);
    await comesHome();
    await isProtectedAgain();
    expect(machine.isRunning).toBe(true);
  }, 300_000);
});
