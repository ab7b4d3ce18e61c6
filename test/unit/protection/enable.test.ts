import { ProtectionWorld } from '../../support/protection/protection-world';

let world: ProtectionWorld;
afterEach(() => world.close());

describe('enabling protection', () => {
  it('D6 goes through its tasks in order, and ends when the first copy has started', async () => {
    world = await ProtectionWorld.open();
    await world.machine();
    await world.enable();
    const [job] = await world
      .jobRecords()
      .then((jobs) => jobs.filter((each) => each.scenarioName === 'EnableDr'));
    expect(job?.state).toBe('Succeeded');
    expect(job?.tasks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'EnableProtectionPrerequisitesCheck Succeeded',
      'CreateProtectionTarget Succeeded',
      'EnableProtection Succeeded',
      'VmStartInitialReplication Succeeded',
      'UpdateDraState Succeeded',
    ]);
    expect((await world.item())?.state).toBe('InitialReplicationInProgress');
  });

  it('D6 that fails a prerequisite starts nothing, and says which and what to do', async () => {
    world = await ProtectionWorld.open();
    await world.machine();
    world.clock.advance(3_600_000);
    await world.enable();
    const [job] = (await world.jobRecords()).filter((each) => each.scenarioName === 'EnableDr');
    expect(job).toMatchObject({
      state: 'Failed',
      errors: [{ code: 'AgentSilent', action: /Start the agent/ }],
    });
    expect(job?.tasks.map(({ state }) => state)).toEqual([
      'Failed',
      'NotStarted',
      'NotStarted',
      'NotStarted',
      'NotStarted',
    ]);
    expect((await world.item())?.state).toBe('EnableProtectionFailed');
    expect(await world.replication.disks.list()).toEqual([]);
  });

  it('D8 B9 copies the disks of a Hyper-V machine one after the other', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect('web', [65_536, 131_072, 65_536]);
    const busy = agent.copying.filter((disks) => disks.length > 0);
    expect(busy).toEqual([['disk0'], ['disk1'], ['disk2']]);
    expect((await world.item())?.state).toBe('Protected');
  });

  it('D11 reaches Protected through the finalize job alone, with every disk at its first marker', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.machine('web', [65_536, 65_536]);
    await world.enable();
    await agent.round();
    await agent.cut();
    await world.answerBells();
    await world.review();
    expect((await world.item())?.state).toBe('InitialReplicationInProgress');
    await world.pump(3);
    expect((await world.item())?.state).toBe('Protected');
    const finalized = (await world.jobRecords()).filter((job) => job.scenarioName === 'IrCompletion');
    expect(finalized).toHaveLength(1);
    expect(await world.points()).not.toEqual([]);
  });

  it('copies the disks of any other machine side by side', async () => {
    world = await ProtectionWorld.open({
      ...{ fabricKind: 'VMware', instanceType: 'InMageAzureV2' },
      policy: { recoveryPointHistory: 1440, crashConsistentFrequencyInMinutes: 5 },
    });
    const agent = await world.protect('web', [65_536, 65_536]);
    expect(agent.copying.filter((disks) => disks.length > 0)).toEqual([['disk0', 'disk1']]);
    expect((await world.item())?.state).toBe('Protected');
  });

  it('knows a machine by its own name, whatever an appliance calls it', async () => {
    world = await ProtectionWorld.open({
      ...{ fabricKind: 'InMageRcm', instanceType: 'InMageRcm' },
      policy: { recoveryPointHistoryInMinutes: 1440, enableMultiVmSync: 'false' },
    });
    await world.machine();
    await world.enable('web', {
      ...{ fabricDiscoveryMachineId: '/sites/esxi/machines/42', processServerId: 'appliance' },
      ...{ targetResourceGroupId: 'g', disksDefault: { logStorageAccountId: 'l', diskType: 'Standard_LRS' } },
    });
    await world.pump(3);
    expect(await world.item()).toMatchObject({
      state: 'Protected',
      sourceMachineId: 'web',
      healthErrors: [],
    });
  });

  it('X8 leaves out a disk that was not chosen', async () => {
    world = await ProtectionWorld.open();
    await world.machine('web', [65_536, 65_536]);
    await world.enable('web', { disksToInclude: ['disk0'] });
    await world.pump(3);
    expect((await world.item())?.disks.map(({ id }) => id)).toEqual(['disk0']);
    expect(await world.replication.disks.list()).toHaveLength(1);
  });

  it('refuses a machine that is protected already', async () => {
    world = await ProtectionWorld.open();
    await world.protect();
    const [container = ''] = await world.containers();
    const item = await world.item();
    const again = await world.ask('PUT', `${container}/replicationProtectedItems/other`, {
      properties: {
        policyId: item?.policyId,
        protectableItemId: item?.protectableItemId,
        providerSpecificDetails: { instanceType: 'HyperVReplicaAzure' },
      },
    });
    expect(again.status).toBe(409);
  });
});
