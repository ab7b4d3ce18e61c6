import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const home = {
  failoverDirection: 'RecoveryToPrimary',
  providerSpecificDetails: { instanceType: 'HyperVReplicaAzureFailback' },
};

let world: FailoverWorld;
let machine: SimulatedMachine;

beforeEach(async () => {
  world = await FailoverWorld.open();
});

afterEach(() => world.close());

async function failOver(of: SimulatedMachine, instanceType = 'HyperVReplicaAzure'): Promise<void> {
  await world.point(of);
  await world.run(of, 'unplannedFailover', {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'Required' },
    providerSpecificDetails: {
      instanceType,
      ...(instanceType === 'InMageRcm' ? { performShutdown: 'true' } : {}),
    },
  });
  await world.run(of, 'failoverCommit');
}

/** Replicas, copies, documents, logs, wishes: everything but machines. */
async function leftOver(): Promise<readonly string[]> {
  const wishes = await Promise.all(
    world.machines.map(async ({ agentId }) => (await world.ports.board.read(agentId)).items),
  );
  return [
    ...(await world.disks.list()),
    ...(await world.documents()),
    ...wishes.flat().map(({ itemId }) => itemId),
  ];
}

const running = (): string[] =>
  [...world.compute.cloud.machines.values()]
    .filter(({ isRunning }) => isRunning)
    .map(({ machine: { name } }) => name);

describe('I11 ending protection', () => {
  it('leaves nothing of a test failover that nobody cleaned up', async () => {
    machine = await world.protect('HyperVReplicaAzure');
    await world.point(machine);
    await world.run(machine, 'testFailover', {
      ...{ networkType: 'NoNetworkAsInput', providerSpecificDetails: hyperV },
    });
    expect(await world.made(machine)).not.toEqual([]);
    await world.purge(machine);
    expect([await world.made(machine), running()]).toEqual([[], []]);
    // The agent is still told to stop, should it come back.
    expect(await leftOver()).toEqual([machine.itemId]);
    expect(machine.isRunning && !machine.isReadOnly).toBe(true);
  });

  it.each([['HyperVReplicaAzure'], ['InMageAzureV2'], ['A2A']] as const)(
    'of a failed over %s machine leaves that machine, and nothing else',
    async (scenario) => {
      machine = await world.protect(scenario);
      await failOver(machine, scenario);
      const disks = await world.recovered(machine, 'real');
      await world.disable(machine);
      expect([running(), await leftOver()]).toEqual([['web'], []]);
      expect(disks.every(({ length }) => length > 0)).toBe(true);
    },
  );

  it('keeps the machine that runs when its way home was prepared and not gone', async () => {
    machine = await world.protect('InMageRcm');
    await failOver(machine, 'InMageRcm');
    await world.installAgent(machine);
    const reversed = await world.run(machine, 'reProtect', {
      providerSpecificDetails: {
        ...{ instanceType: 'InMageRcm', reprotectAgentId: 'agent', datastoreName: 'store' },
        logStorageAccountId: 'account',
      },
    });
    expect(reversed.state).toBe('Succeeded');
    await world.disable(machine);
    expect([running(), await leftOver()]).toEqual([['web'], []]);
  });

  it('takes away the machine that a failback has replaced', async () => {
    machine = await world.protect('HyperVReplicaAzure');
    await failOver(machine);
    await world.installAgent(machine);
    expect(await world.run(machine, 'plannedFailover', home)).toMatchObject({ state: 'Succeeded' });
    await world.disable(machine);
    expect([running(), await world.made(machine), await leftOver()]).toEqual([[], [], []]);
    expect(machine.isRunning).toBe(true);
  });

  it('of an Azure machine that was turned round leaves both machines alone', async () => {
    machine = await world.protect('A2A');
    await failOver(machine, 'A2A');
    const away = await world.installAgent(machine, `${vault}/replicationFabrics/recovery`);
    const container = machine.itemId.split('/').slice(0, -2).join('/');
    const jobId = await world.beginAt(container, 'switchprotection', {
      replicationProtectedItemName: 'web',
      providerSpecificDetails: { instanceType: 'A2A', recoveryContainerId: container },
    });
    away.itemId = machine.itemId.replace('site-A2A', 'recovery');
    expect(await world.ended(jobId)).toMatchObject({ state: 'Succeeded' });
    const before = [...world.compute.cloud.machines.keys()];
    await world.disable(away);
    expect([...world.compute.cloud.machines.keys()]).toEqual(before);
    expect(await leftOver()).toEqual([]);
  });
});
