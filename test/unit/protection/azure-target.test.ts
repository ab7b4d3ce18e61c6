import { randomBytes } from 'node:crypto';
import { ProtectionWorld } from '../../support/protection/protection-world';

const groups = '/subscriptions/6c696665-626f-4174-8000-0000000000f0/resourceGroups';
const vm = `${groups}/shop/providers/Microsoft.Compute/virtualMachines/shop`;
const owner = { vaultId: 'v', itemId: 'i', jobId: 'j' };

let world: ProtectionWorld;
let disks: Map<string, Buffer>;

beforeEach(async () => {
  world = await ProtectionWorld.open({ fabricKind: 'Azure', instanceType: 'A2A' });
  const place = { resourceGroupId: `${groups}/shop`, location: 'westeurope' };
  await world.compute.places.ensureGroup(place, owner);
  const networkId = await world.compute.places.ensureNetwork({
    ...{ owner, place, name: 'harbour', addressSpace: ['10.1.0.0/16'] },
    subnets: [
      { name: 'web', range: '10.1.0.0/24' },
      { name: 'data', range: '10.1.1.0/24' },
    ],
  });
  const contents = [randomBytes(65_536), randomBytes(65_536)];
  const machine = world.compute.cloud.addSource({
    ...{ id: vm, location: 'westeurope' },
    disks: contents.map((content, index) => ({ name: `shop-${index}`, content })),
    nics: [{ id: 'nic', networkId, subnet: 'web', address: '10.1.0.4' }],
  });
  disks = new Map(machine.disks.map(({ id }, index) => [id, contents[index] ?? Buffer.alloc(0)]));
});
afterEach(() => world.close());

async function enable(more: object = {}): Promise<string | undefined> {
  const vmManagedDisks = [...disks.keys()].map((diskId) => ({
    ...{ diskId, primaryStagingAzureStorageAccountId: 'cache', recoveryResourceGroupId: 'there' },
  }));
  await world.enable('shop', {
    fabricObjectId: vm,
    recoveryContainerId: world.otherContainerId,
    vmManagedDisks,
    ...more,
  });
  return (await world.jobRecords()).find(({ scenarioName }) => scenarioName === 'EnableDr')?.state;
}

async function shown(): Promise<unknown> {
  const { body } = await world.ask('GET', await world.itemId('shop'));
  return (body as { properties: { providerSpecificDetails: object } }).properties.providerSpecificDetails;
}

describe('an Azure machine without an agent', () => {
  it('A2 A3 A6 gets its target, its agent, and is protected once the agent has come', async () => {
    expect(await enable()).toBe('InProgress');
    expect(world.compute.cloud.machines.get(vm.toLowerCase())?.extension?.settings).toEqual({
      url: 'https://lifeboat.example',
      machineId: vm,
    });
    const networks = [...world.compute.cloud.networks.keys()];
    const made = `${groups}/shop-asr/providers/Microsoft.Network/virtualNetworks/harbour-asr`;
    expect(networks).toContainEqual(expect.stringMatching(new RegExp(`^${made}$`, 'i')));
    expect((await world.item('shop'))?.target).toMatchObject({
      recoveryResourceGroupId: `${groups}/shop-asr`,
    });
    expect(world.compute.cloud.calls.filter((call) => call === 'installAgent')).toHaveLength(1);

    const agent = world.agentOf(vm, disks);
    await agent.register(await world.token());
    await agent.round();
    world.clock.advance(10_000);
    await world.pump(3);
    expect((await world.item('shop'))?.state).toBe('Protected');
    const agentJobs = (await world.jobRecords()).map(({ scenarioName, state }) => `${scenarioName} ${state}`);
    expect(agentJobs).toEqual(
      expect.arrayContaining(['PrimaryIrCompletion Succeeded', 'SecondaryIrCompletion Succeeded']),
    );
    const providerSpecificDetails = { instanceType: 'A2A', recoveryResourceGroupId: `${groups}/later` };
    await world.ask('PATCH', await world.itemId('shop'), { properties: { providerSpecificDetails } });
    await world.pump(1);
    expect(await shown()).toMatchObject({ recoveryAzureResourceGroupId: `${groups}/later` });
  });

  it('A3 is protected with every disk it has, where none is named', async () => {
    expect(await enable({ vmManagedDisks: [] })).toBe('InProgress');
    const found = (await world.item('shop'))?.disks ?? [];
    expect(found.map(({ id, sizeBytes }) => [id, sizeBytes])).toEqual(
      [...disks].map(([id, { length }]) => [id, length]),
    );
    expect(found.map(({ name, isOperatingSystem }) => [name, isOperatingSystem])).toEqual([
      ['shop-0', true],
      ['shop-1', false],
    ]);
    const agent = world.agentOf(vm, disks);
    await agent.register(await world.token());
    await agent.round();
    world.clock.advance(10_000);
    await world.pump(3);
    expect((await world.item('shop'))?.state).toBe('Protected');
  });

  it('A3 takes the network and group that the request names', async () => {
    const named = await world.compute.places.ensureNetwork({
      ...{ owner, place: { resourceGroupId: `${groups}/shop`, location: 'northeurope' }, name: 'mine' },
      ...{ addressSpace: ['10.9.0.0/16'], subnets: [{ name: 'a', range: '10.9.0.0/24' }] },
    });
    await enable({ recoveryAzureNetworkId: named, recoveryResourceGroupId: `${groups}/mine` });
    expect((await world.item('shop'))?.target).toEqual({
      recoveryResourceGroupId: `${groups}/mine`,
      selectedRecoveryAzureNetworkId: named,
    });
    expect(await shown()).toMatchObject({
      recoveryAzureResourceGroupId: `${groups}/mine`,
      selectedRecoveryAzureNetworkId: named,
    });
  });

  it('D6 is refused when a network it names is not there, and nothing is started', async () => {
    expect(await enable({ recoveryAzureNetworkId: `${groups}/shop/nowhere` })).toBe('Failed');
    expect((await world.item('shop'))?.state).toBe('EnableProtectionFailed');
    expect(world.compute.cloud.calls).not.toContain('installAgent');
    expect(await world.disks.list()).toEqual([]);
  });

  it('is refused after a quarter of an hour without its agent, and leaves no extension', async () => {
    await enable();
    for (let look = 0; look < 95; look++) {
      world.clock.advance(10_000);
      await world.pump(1);
    }
    const job = (await world.jobRecords()).find(({ scenarioName }) => scenarioName === 'EnableDr');
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'AgentMissing' }] });
    expect(world.compute.cloud.machines.get(vm.toLowerCase())?.extension).toBeUndefined();
  });

  it('X6 has its target network named when that is gone', async () => {
    await enable();
    const agent = world.agentOf(vm, disks);
    await agent.register(await world.token());
    await agent.round();
    world.clock.advance(10_000);
    await world.pump(3);
    world.compute.cloud.networks.clear();
    await world.review('shop');
    expect((await world.item('shop'))?.healthErrors).toEqual([]);
    world.clock.advance(12 * 3_600_000);
    await world.pump(1);
    await world.review('shop');
    const codes = (await world.item('shop'))?.healthErrors.map(({ code }) => code);
    expect(codes).toContain('TargetResourceMissing');
  });

  it.each([
    ['machines', { virtualMachines: 1 }, /gives 1 of virtualMachines/],
    ['cores', { cores: 8 }, /gives 8 of cores, 1 are used, and a failover takes 8 more/],
    ['nothing, as long as it is enough', { virtualMachines: 2, cores: 9 }, undefined],
  ])('X6 is told that its target is out of %s', async (_, limits, message) => {
    await enable({ recoveryAzureVMSize: 'Standard_D8s_v3' });
    const agent = world.agentOf(vm, disks);
    await agent.register(await world.token());
    await agent.round();
    world.clock.advance(10_000);
    await world.pump(5);
    await world.review('shop');
    expect(await world.item('shop')).toMatchObject({ state: 'Protected', healthErrors: [] });
    for (const [name, limit] of Object.entries(limits)) world.compute.cloud.quotas.set(name, limit);
    world.clock.advance(12 * 3_600_000);
    await world.pump(1);
    await world.review('shop');
    const found = (await world.item('shop'))?.healthErrors.filter(
      ({ code }) => code === 'TargetQuotaExceeded',
    );
    expect(found?.map((error) => error.message)).toEqual(
      message === undefined ? [] : [expect.stringMatching(message)],
    );
  });
});
