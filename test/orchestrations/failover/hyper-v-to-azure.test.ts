import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { FailoverWorld } from '../../support/failover/failover-world';
import { network } from '../../support/failover/protect-machine';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const planned = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: hyperV };
const unplanned = { ...planned, sourceSiteOperations: 'NotRequired' };

describe('failing over a Hyper-V machine to Azure', () => {
  let world: FailoverWorld;
  let machine: SimulatedMachine;

  beforeEach(async () => {
    world = await FailoverWorld.open();
    machine = await world.protect('HyperVReplicaAzure');
  });

  afterEach(() => world.close());

  const taskStates = (tasks: readonly { readonly taskId: string; readonly state: string }[]): object =>
    Object.fromEntries(tasks.map(({ taskId, state }) => [taskId, state]));

  it('tests a failover beside the running machine, and cleans everything up', async () => {
    await world.point(machine);
    machine.writeSome();
    const last = await machine.cut();
    const job = await world.run(machine, 'testFailover', {
      ...{ networkType: 'NoNetworkAsInput', failoverDirection: 'PrimaryToRecovery' },
      providerSpecificDetails: hyperV,
    });
    expect(job).toMatchObject({ state: 'Succeeded', scenarioName: 'TestFailover' });
    expect(new Set(Object.values(taskStates(job.tasks)))).toEqual(new Set(['Succeeded']));
    expect(await world.recovered(machine, 'test')).toEqual(machine.atPoint.get(last ?? ''));
    expect(machine.isRunning && !machine.isReadOnly).toBe(true);
    const item = await world.item(machine);
    expect(item).toMatchObject({ state: 'TestFailoverCleanupPending', testFailover: 'WaitingForCompletion' });
    const { test } = recoveriesOf(item);
    expect(test?.machine?.nics[0]?.networkId).not.toBe(network);
    expect(await world.made(machine)).not.toEqual([]);

    // The stream goes on meanwhile.
    await world.point(machine);
    const cleaned = await world.run(machine, 'testFailoverCleanup', { comments: 'it came up' });
    expect(cleaned).toMatchObject({ state: 'Succeeded', customDetails: { comments: 'it came up' } });
    expect(await world.made(machine)).toEqual([]);
    expect(await world.disks.list()).toEqual(machine.disks.map(({ replicaId }) => replicaId).toSorted());
    expect(await world.item(machine)).toMatchObject({
      state: 'Protected',
      testFailover: 'MarkedForDeletion',
    });
  });

  it('loses nothing in a planned failover: the last write of the source is at the target', async () => {
    await world.point(machine);
    expect(machine.write(0, 512, Buffer.alloc(512, 0xee))).toBe(true);
    const job = await world.run(machine, 'plannedFailover', planned);
    expect(job).toMatchObject({ state: 'Succeeded', scenarioName: 'PlannedFailover', errors: [] });
    expect(new Set(Object.values(taskStates(job.tasks)))).toEqual(new Set(['Succeeded']));
    expect(machine.isRunning).toBe(false);
    expect(await world.recovered(machine, 'real')).toEqual(machine.disks.map(({ content }) => content));
    expect(await world.item(machine)).toMatchObject({ state: 'PlannedFailoverCommitRequired' });
    const { real } = recoveriesOf(await world.item(machine));
    expect(real?.machine?.nics).toMatchObject([{ networkId: network, address: '10.1.0.9' }]);

    const committed = await world.run(machine, 'failoverCommit');
    expect(committed.state).toBe('Succeeded');
    expect(await world.item(machine)).toMatchObject({ state: 'PlannedFailoverStatesBegin' });
  });

  it('fails over without the source: what the cache holds is applied first', async () => {
    await world.point(machine);
    machine.writeSome();
    const last = await machine.cut();
    machine.isReachable = false;
    const job = await world.run(machine, 'unplannedFailover', unplanned);
    expect(job.state).toBe('Succeeded');
    expect(taskStates(job.tasks)).toMatchObject({
      ShutdownVmOnPrimaryForUFO: 'Skipped',
      PrepareForUnPlannedFailoverTask: 'Succeeded',
      StartVmOnSecondary: 'Succeeded',
    });
    expect(await world.recovered(machine, 'real')).toEqual(machine.atPoint.get(last ?? ''));
    expect(await world.item(machine)).toMatchObject({ state: 'UnplannedFailoverCommitPendingStatesBegin' });
    expect((await world.run(machine, 'failoverCommit')).state).toBe('Succeeded');
  });

  it('lets nothing of the old stream in once a failover has begun, and tells the source', async () => {
    await world.point(machine);
    machine.isReachable = false;
    await world.run(machine, 'unplannedFailover', unplanned);
    const before = await Promise.all(
      machine.disks.map(({ replicaId }) => world.disks.open(replicaId).state()),
    );
    machine.isReachable = true;
    machine.writeSome();
    await machine.cut();
    await world.drain(machine);
    const after = await Promise.all(
      machine.disks.map(({ replicaId }) => world.disks.open(replicaId).state()),
    );
    expect(after).toEqual(before);
    await machine.look();
    expect(machine.write(0, 0, Buffer.alloc(512))).toBe(false);
  });
});

describe('what a failover of a Hyper-V machine can still become', () => {
  let world: FailoverWorld;
  let machine: SimulatedMachine;

  beforeEach(async () => {
    world = await FailoverWorld.open();
    machine = await world.protect('HyperVReplicaAzure');
  });

  afterEach(() => world.close());

  const contents = (): Buffer[] => machine.disks.map(({ content }) => Buffer.from(content));

  it('is another recovery point, until it is committed', async () => {
    const early = await world.point(machine);
    await world.point(machine);
    await world.run(machine, 'unplannedFailover', unplanned);
    const change = {
      recoveryPointId: `${machine.itemId}/recoveryPoints/${early}`,
      providerSpecificDetails: hyperV,
    };
    const job = await world.run(machine, 'applyRecoveryPoint', change);
    expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.recovered(machine, 'real')).toEqual(machine.atPoint.get(early));
    expect([...world.compute.cloud.machines.values()].map(({ isRunning }) => isRunning)).toEqual([true]);
    await world.run(machine, 'failoverCommit');
    await expect(world.begin(machine, 'applyRecoveryPoint', change)).rejects.toThrow('409');
  });

  it('is undone when the last writes cannot be had: the source runs and replicates again', async () => {
    await world.point(machine);
    machine.refuseTask = 'sealRemaining';
    const job = await world.run(machine, 'plannedFailover', planned);
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'SourceUnreachable' }] });
    expect(await world.item(machine)).toMatchObject({ state: 'Protected' });
    await machine.look();
    expect(machine.isRunning).toBe(true);
    machine.refuseTask = undefined;
    const point = await world.point(machine);
    await world.run(machine, 'testFailover', {
      networkType: 'NoNetworkAsInput',
      providerSpecificDetails: hyperV,
    });
    expect(await world.recovered(machine, 'test')).toEqual(machine.atPoint.get(point));
  });

  it('is undone when the last writes are in no whole point, though all that was sealed has come', async () => {
    await world.point(machine);
    machine.writeSome();
    machine.marksTheEnd = false;
    const job = await world.run(machine, 'plannedFailover', planned);
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'LastWritesMissing' }] });
    expect([await world.made(machine), (await world.item(machine)).state]).toEqual([[], 'Protected']);
    await world.pass(2);
    expect(machine.isRunning && !machine.isReadOnly).toBe(true);
  });

  it('is undone when the target gives no machine: what was made goes, and replication starts again', async () => {
    await world.point(machine);
    world.compute.cloud.failNext('makeMachine', 'TargetQuotaExceeded');
    const job = await world.run(machine, 'unplannedFailover', unplanned);
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'TargetQuotaExceeded' }] });
    expect(await world.made(machine)).toEqual([]);
    await world.pass(1);
    expect(machine.isReadOnly).toBe(false);
    machine.writeSome();
    expect((await world.run(machine, 'plannedFailover', planned)).state).toBe('Succeeded');
    expect(await world.recovered(machine, 'real')).toEqual(contents());
  });

  it('is cancelled while it waits for a source that does not answer', async () => {
    await world.point(machine);
    machine.isReachable = false;
    const jobId = await world.begin(machine, 'plannedFailover', planned);
    await world.pass(3);
    const cancelled = await world.ask(
      'POST',
      `${(await world.job(jobId)).vaultId}/replicationJobs/${jobId}/cancel`,
    );
    expect(cancelled.status).toBe(202);
    expect(await world.ended(jobId)).toMatchObject({ state: 'Cancelled' });
    expect(await world.item(machine)).toMatchObject({ state: 'Protected' });
    machine.isReachable = true;
    await machine.look();
    expect(machine.tasksDone).toEqual([]);
    expect(machine.isRunning && !machine.isReadOnly).toBe(true);
  });

  it.each(['ForDownTime', 'ForSynchronization'])('is the way home, %s', async (dataSyncOption) => {
    await world.point(machine);
    await world.run(machine, 'plannedFailover', planned);
    await world.run(machine, 'failoverCommit');
    const failback = {
      failoverDirection: 'RecoveryToPrimary',
      providerSpecificDetails: { instanceType: 'HyperVReplicaAzureFailback', dataSyncOption },
    };
    const early = await world.run(machine, 'plannedFailover', failback);
    expect(early).toMatchObject({ state: 'Failed', errors: [{ code: 'FailbackPrerequisiteMissing' }] });

    const away = await world.installAgent(machine);
    expect(away.write(0, 8192, Buffer.alloc(512, 0xaa))).toBe(true);
    const back = await world.run(machine, 'plannedFailover', failback);
    expect(back).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.item(machine)).toMatchObject({ state: 'FailbackCommitRequired' });
    expect([machine.isRunning, away.isRunning]).toEqual([true, false]);
    expect(contents()).toEqual(away.disks.map(({ content }) => content));
    expect(machine.broughtOver).toEqual({ blocks: 1, of: 32 });
    expect(await world.made(machine)).not.toEqual([]);

    await world.run(machine, 'failoverCommit');
    expect(await world.made(machine)).toEqual([]);
    const reversed = await world.run(machine, 'reProtect', { providerSpecificDetails: hyperV });
    expect(reversed).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.item(machine)).toMatchObject({ state: 'Protected' });
    expect(await world.disks.list()).toEqual(machine.disks.map(({ replicaId }) => replicaId).toSorted());
    expect(machine.write(1, 0, Buffer.alloc(512, 0xbb))).toBe(true);
    await world.run(machine, 'plannedFailover', planned);
    expect(await world.recovered(machine, 'real')).toEqual(contents());
  });
});
