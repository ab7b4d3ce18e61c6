import { createHash } from 'node:crypto';
import { requireResource } from '../../../shared/service/catalogue/resources';
import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import { addVirtualMachine, groupOf, network } from '../../support/failover/protect-machine';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const provider = { instanceType: 'InMageAzureV2' };
const away = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: provider };
const policies = `${vault}/replicationPolicies`;

let world: FailoverWorld;

beforeEach(async () => {
  world = await FailoverWorld.open();
});

afterEach(() => world.close());

const contents = ({ disks }: SimulatedMachine): Buffer[] => disks.map(({ content }) => Buffer.from(content));

/** Says that contents differ, not how: that would take for ever. */
function digest(disks: readonly Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(disks)).digest('hex');
}

async function failOver(machine: SimulatedMachine): Promise<void> {
  await world.point(machine);
  const job = await world.run(machine, 'unplannedFailover', { ...away, sourceSiteOperations: 'Required' });
  expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
}

/** Reversed: a new item in place of the old one, which the machine in the cloud feeds. */
async function reverse({ itemId }: SimulatedMachine, recovered: SimulatedMachine): Promise<SimulatedMachine> {
  const jobId = await world.beginAt(itemId, 'reProtect', { providerSpecificDetails: provider });
  recovered.itemId = `${itemId}-new`;
  expect(await world.ended(jobId)).toMatchObject({ state: 'Succeeded', errors: [] });
  await world.finalize(recovered);
  return recovered;
}

const home = {
  ...{ failoverDirection: 'RecoveryToPrimary', sourceSiteOperations: 'Required' },
  providerSpecificDetails: { instanceType: 'InMage', recoveryPointType: 'LatestTime' },
};

describe('a VMware machine', () => {
  it('B1 is made from its replica at failover, and joined to the network that was chosen', async () => {
    const machine = await world.protect('InMageAzureV2', { disks: 3 });
    expect([...world.compute.cloud.machines.keys()]).toEqual([]);
    await failOver(machine);
    expect(digest(await world.recovered(machine, 'real'))).toBe(digest(contents(machine)));
    const [made] = [...world.compute.cloud.machines.values()];
    expect(made).toMatchObject({
      isRunning: true,
      machine: {
        ...{ id: `${groupOf('rescue')}/providers/Microsoft.Compute/virtualMachines/web`, name: 'web' },
        nics: [{ networkId: network, subnet: 'default' }],
      },
    });
    expect(made?.machine.disks.map(({ isOperatingSystem }) => isOperatingSystem)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('B17 has a policy for its way home, made with its own; what is missing for the way is named', async () => {
    const input = { ...provider, multiVmSyncStatus: 'Enable', recoveryPointThresholdInMinutes: 15 };
    const made = await world.ask('PUT', `${policies}/pair`, {
      body: { properties: { providerSpecificInput: input } },
    });
    expect(made.status).toBe(202);
    const { resource } = await requireResource(world.records, `${policies}/pair-failback`);
    expect(resource.properties).toMatchObject({
      ...{ friendlyName: 'pair-failback' },
      providerSpecificDetails: { instanceType: 'InMage', multiVmSyncStatus: 'Enabled' },
    });
    const machine = await world.protect('InMageAzureV2');
    await world.changeItem(machine, { policyId: `${policies}/pair` });
    await failOver(machine);
    await world.run(machine, 'failoverCommit');
    for (const [field, what] of [
      ['policyId', 'failback policy'],
      ['processServerId', 'process server'],
      ['masterTargetId', 'master target'],
    ]) {
      const missing = { ...provider, [field ?? '']: `${vault}/nowhere` };
      const refused = await world.run(machine, 'reProtect', { providerSpecificDetails: missing });
      expect(refused.errors).toMatchObject([
        { code: 'FailbackPrerequisiteMissing', message: expect.stringContaining(`The ${what ?? ''} "`) },
      ]);
    }
    const recovered = await world.installAgent(machine);
    expect(await world.item(await reverse(machine, recovered))).toMatchObject({
      ...{ scenario: 'InMage', policyId: resource.id },
    });
  });
});

it('B13 B14 a VMware machine fails over alone or with a plan, and by neither as planned', async () => {
  const alone = await world.protect('InMageAzureV2', { name: 'alone', disks: 1 });
  const both = [
    await world.protect('InMageAzureV2', { name: 'first', disks: 1 }),
    await world.protect('InMageAzureV2', { name: 'second', disks: 1 }),
  ];
  const planId = `${vault}/replicationRecoveryPlans/pair`;
  const groups = both.map(({ itemId }) => ({
    ...{ groupType: 'Boot', replicationProtectedItems: [{ id: itemId }] },
  }));
  const made = await world.ask('PUT', planId, {
    body: {
      properties: {
        primaryFabricId: alone.itemId.split('/').slice(0, 11).join('/'),
        ...{ recoveryFabricId: 'Microsoft Azure', failoverDeploymentModel: 'ResourceManager', groups },
      },
    },
  });
  expect(made.status).toBe(202);
  for (const machine of [alone, ...both]) await world.point(machine);
  const planned = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: [] };
  await expect(world.begin(alone, 'plannedFailover', away)).rejects.toThrow('400');
  const refused = await world.ended(await world.beginAt(planId, 'plannedFailover', planned));
  expect([refused.state, [...world.compute.cloud.machines.keys()]]).toEqual(['Failed', []]);

  const unplanned = { ...planned, sourceSiteOperations: 'Required' };
  const together = await world.ended(await world.beginAt(planId, 'unplannedFailover', unplanned));
  expect(together).toMatchObject({ state: 'Succeeded', stateDescription: 'Completed' });
  await failOver(alone);
  for (const machine of [alone, ...both]) {
    expect(digest(await world.recovered(machine, 'real'))).toBe(digest(contents(machine)));
  }
});

describe('a physical machine', () => {
  it('C3 runs as a machine of the cloud once it is failed over', async () => {
    const machine = await world.protect('InMageAzureV2', { isPhysical: true });
    await failOver(machine);
    expect([...world.compute.cloud.machines.values()].map(({ isRunning }) => isRunning)).toEqual([true]);
    expect(digest(await world.recovered(machine, 'real'))).toBe(digest(contents(machine)));
  });

  it('C2 comes back to a VMware machine alone', async () => {
    const machine = await world.protect('InMageAzureV2', { isPhysical: true });
    await failOver(machine);
    const before = contents(machine);
    await world.run(machine, 'failoverCommit');
    const recovered = await world.installAgent(machine);
    const refused = await world.run(machine, 'reProtect', { providerSpecificDetails: provider });
    expect(refused.errors).toMatchObject([
      { code: 'FailbackPrerequisiteMissing', message: expect.stringContaining('physical machine') },
    ]);
    const standIn = await addVirtualMachine(world, machine, 'vm-7/web');
    await reverse(machine, recovered);
    standIn.itemId = recovered.itemId;
    expect(recovered.write(0, 512, Buffer.alloc(512, 0xc2))).toBe(true);
    const expected = contents(recovered);
    expect(await world.run(recovered, 'unplannedFailover', home)).toMatchObject({ errors: [] });
    expect([standIn.isRunning, recovered.isRunning]).toEqual([true, false]);
    expect([digest(contents(standIn)), digest(contents(machine))]).toEqual([
      digest(expected),
      digest(before),
    ]);
    expect((await world.run(recovered, 'failoverCommit')).state).toBe('Succeeded');
    expect(await world.made(recovered)).toEqual([]);
  });
});
