import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

let world: FailoverWorld;

beforeEach(async () => {
  world = await FailoverWorld.open();
});

afterEach(() => world.close());

const contents = ({ disks }: SimulatedMachine): Buffer[] => disks.map(({ content }) => Buffer.from(content));
const bytes = (fill: number): Buffer => Buffer.alloc(512, fill);

/** Fails over with the source shut down first; the target then holds what the source held at the end. */
async function failOver(machine: SimulatedMachine, provider: object): Promise<void> {
  const expected = contents(machine);
  const job = await world.run(machine, 'unplannedFailover', {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'Required' },
    providerSpecificDetails: provider,
  });
  expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
  expect(machine.isRunning).toBe(false);
  expect(await world.recovered(machine, 'real')).toEqual(expected);
  expect(await world.run(machine, 'failoverCommit')).toMatchObject({ state: 'Succeeded', errors: [] });
}

describe('an Azure machine, to another region and home again', () => {
  it('is protected the other way round, and its old machine goes with the commit of the way back', async () => {
    const machine = await world.protect('A2A');
    await world.point(machine);
    await failOver(machine, { instanceType: 'A2A' });
    const [itemId, container] = [machine.itemId, machine.itemId.split('/').slice(0, -2).join('/')];
    const away = await world.installAgent(machine, `${vault}/replicationFabrics/recovery`);
    expect(away.write(0, 1024, bytes(0xa1))).toBe(true);
    const reply = await world.ask('POST', `${container}/switchprotection`, {
      body: {
        properties: {
          replicationProtectedItemName: 'web',
          providerSpecificDetails: { instanceType: 'A2A', recoveryContainerId: container },
        },
      },
    });
    expect(reply.status).toBe(202);
    const jobId = new URL(reply.headers['Azure-AsyncOperation'] ?? '').pathname.split('/').at(-1) ?? '';
    away.itemId = itemId.replace('site-A2A', 'recovery');
    expect(await world.ended(jobId)).toMatchObject({ state: 'Succeeded', errors: [] });
    await expect(world.item(machine)).rejects.toThrow('could not be found');
    expect(await world.item(away)).toMatchObject({ state: 'UnprotectedStatesBegin', scenario: 'A2A' });
    await world.finalize(away);
    expect(away.write(1, 2048, bytes(0xa2))).toBe(true);
    expect((await world.ask('GET', itemId)).status).toBe(404);

    const { board } = world.ports;
    const [kept] = (await board.read(machine.agentId)).items;
    expect(kept).toMatchObject({
      itemId: away.itemId,
      replicas: [{ mode: 'readOnly' }, { mode: 'readOnly' }],
    });
    const sources = [...world.compute.cloud.machines.keys()];
    await failOver(away, { instanceType: 'A2A' });
    const left = [...world.compute.cloud.machines.keys()];
    expect(sources.filter((id) => !left.includes(id))).toEqual([
      expect.stringContaining('/resourcegroups/east/'),
    ]);
    expect((await board.read(machine.agentId)).items).toEqual([]);
  });
});

describe('a VMware machine, to Azure and home again', () => {
  it('comes back the classic way as an InMage item, and is protected anew from home', async () => {
    const machine = await world.protect('InMageAzureV2');
    const home = machine.itemId;
    await world.point(machine);
    await expect(
      world.begin(machine, 'plannedFailover', { failoverDirection: 'PrimaryToRecovery' }),
    ).rejects.toThrow('UnsupportedScenario');
    await failOver(machine, { instanceType: 'InMageAzureV2' });

    const missing = { instanceType: 'InMageAzureV2', policyId: `${home}/nowhere` };
    const refused = await world.run(machine, 'reProtect', { providerSpecificDetails: missing });
    expect(refused).toMatchObject({ state: 'Failed', errors: [{ code: 'FailbackPrerequisiteMissing' }] });

    const away = await world.installAgent(machine);
    expect(away.write(0, 512, bytes(0xb1))).toBe(true);
    const reversing = await world.begin(machine, 'reProtect', {
      providerSpecificDetails: { instanceType: 'InMageAzureV2' },
    });
    away.itemId = `${home}-new`;
    expect(await world.ended(reversing)).toMatchObject({ state: 'Succeeded', errors: [] });
    await world.finalize(away);
    expect(await world.item(away)).toMatchObject({ state: 'Protected', scenario: 'InMage' });

    expect(away.write(1, 512, bytes(0xb2))).toBe(true);
    const expected = contents(away);
    const back = await world.run(away, 'unplannedFailover', {
      ...{ failoverDirection: 'RecoveryToPrimary', sourceSiteOperations: 'Required' },
      providerSpecificDetails: { instanceType: 'InMage', recoveryPointType: 'LatestTime' },
    });
    expect(back).toMatchObject({ state: 'Succeeded', errors: [] });
    expect([machine.isRunning, away.isRunning]).toEqual([true, false]);
    expect(contents(machine)).toEqual(expected);
    expect(machine.broughtOver.blocks).toBe(2);
    await world.run(away, 'failoverCommit');
    expect([...world.compute.cloud.machines.keys()]).toEqual([]);

    const again = await world.begin(away, 'reProtect', {
      providerSpecificDetails: {
        ...{ instanceType: 'InMage', masterTargetId: 'm', processServerId: 'p', retentionDrive: '/' },
        profileId: 'policy',
      },
    });
    machine.itemId = `${home}-new-new`;
    expect(await world.ended(again)).toMatchObject({ state: 'Succeeded', errors: [] });
    await world.finalize(machine);
    expect(await world.item(machine)).toMatchObject({ state: 'Protected', scenario: 'InMageAzureV2' });
    expect(machine.write(0, 0, bytes(0xb3))).toBe(true);
    await failOver(machine, { instanceType: 'InMageAzureV2' });
  });

  it('comes back through the appliance by a planned failover that can be cancelled', async () => {
    const machine = await world.protect('InMageRcm');
    await world.point(machine);
    await failOver(machine, { instanceType: 'InMageRcm', performShutdown: 'true' });
    const away = await world.installAgent(machine);
    expect(away.write(0, 512, bytes(0xc1))).toBe(true);
    const reversed = await world.run(machine, 'reProtect', {
      providerSpecificDetails: {
        ...{ instanceType: 'InMageRcm', reprotectAgentId: 'agent', datastoreName: 'store' },
        logStorageAccountId: 'account',
      },
    });
    expect(reversed).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.item(machine)).toMatchObject({ state: 'Protected', scenario: 'InMageRcmFailback' });

    const home = {
      failoverDirection: 'RecoveryToPrimary',
      providerSpecificDetails: { instanceType: 'InMageRcmFailback', recoveryPointType: 'CrashConsistent' },
    };
    expect(await world.run(machine, 'plannedFailover', home)).toMatchObject({
      state: 'Succeeded',
      errors: [],
    });
    expect([machine.isRunning, away.isRunning]).toEqual([true, false]);
    expect(contents(machine)).toEqual(contents(away));
    expect(await world.run(machine, 'failoverCancel')).toMatchObject({ state: 'Succeeded', errors: [] });
    await world.pass(2);
    expect([machine.isRunning, away.isRunning]).toEqual([false, true]);
    expect(away.write(0, 1024, bytes(0xc2))).toBe(true);
    expect(machine.write(0, 0, bytes(0))).toBe(false);

    expect(await world.run(machine, 'plannedFailover', home)).toMatchObject({
      state: 'Succeeded',
      errors: [],
    });
    expect(contents(machine)).toEqual(contents(away));
    await world.run(machine, 'failoverCommit');
    expect(await world.made(machine)).toEqual([]);
    const again = await world.run(machine, 'reProtect', {
      providerSpecificDetails: {
        instanceType: 'InMageRcmFailback',
        processServerId: 'p',
        policyId: 'policy',
      },
    });
    expect(again).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.item(machine)).toMatchObject({ state: 'Protected', scenario: 'InMageRcm' });
    expect(machine.write(1, 0, bytes(0xc3))).toBe(true);
    await failOver(machine, { instanceType: 'InMageRcm', performShutdown: 'true' });
  });
});
