import { putResource, readResource } from '../../../shared/service/catalogue/resources';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const planId = `${vault}/replicationRecoveryPlans/shop`;
const test = { failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' };
const unplanned = { failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'NotRequired' };

describe('a recovery plan', () => {
  let world: FailoverWorld;
  let machines: SimulatedMachine[];

  beforeEach(async () => {
    world = await FailoverWorld.open();
    machines = [];
    for (const name of ['database', 'web-1', 'web-2', 'mail']) {
      machines.push(await world.protect('HyperVReplicaAzure', { name, disks: 1, sizeBytes: 4096 }));
    }
  });

  afterEach(() => world.close());

  const group = (members: readonly SimulatedMachine[], more: object = {}): object => ({
    groupType: 'Boot',
    replicationProtectedItems: members.map(({ itemId }) => ({ id: itemId })),
    ...more,
  });

  async function plan(more: object = {}, action?: object): Promise<void> {
    const actions = action === undefined ? {} : { endGroupActions: [action] };
    await putResource(world.records, {
      ...{ id: planId, name: 'shop', type: 'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans' },
      properties: {
        ...{ friendlyName: 'shop', primaryFabricId: vault, recoveryFabricId: 'Microsoft Azure' },
        groups: [group(machines.slice(0, 1), actions), group(machines.slice(1, 3)), group(machines.slice(3))],
        ...more,
      },
    });
  }

  const manual = {
    ...{ actionName: 'Look at the database', failoverTypes: ['UnplannedFailover'] },
    ...{ failoverDirections: ['PrimaryToRecovery'], customDetails: { instanceType: 'ManualActionDetails' } },
  };
  /** The order in which machines were made at the target. */
  const made = (): string[] => [...world.compute.cloud.machines.values()].map(({ machine }) => machine.name);

  it('tests its groups in order, and cleans all of them up', async () => {
    await plan();
    const drill = { ...test, comments: 'the quarterly drill' };
    const planJobId = await world.beginAt(planId, 'testFailover', drill);
    const job = await world.ended(planJobId);
    expect(job).toMatchObject({ state: 'Succeeded', stateDescription: 'Completed' });
    const { test: tested } = recoveriesOf(await world.item(machines[0] as SimulatedMachine));
    const evidence = await readResource(world.records, `${vault}/replicationEvidence/${tested?.jobId ?? ''}`);
    expect(evidence?.resource.properties).toMatchObject({
      report: { requestedBy: `caller by plan job ${planJobId}`, reason: 'the quarterly drill' },
    });
    expect(job.tasks.map(({ state }) => state)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    const order = made();
    expect(order[0]).toBe('database-test');
    expect(order.slice(1, 3).toSorted()).toEqual(['web-1-test', 'web-2-test']);
    expect(order[3]).toBe('mail-test');
    const cleaned = await world.ended(
      await world.beginAt(planId, 'testFailoverCleanup', { comments: 'good' }),
    );
    expect(cleaned.state).toBe('Succeeded');
    expect(made()).toEqual([]);
  });

  it('waits for a person where it says so, goes on when told, and commits all', async () => {
    await plan({}, manual);
    const jobId = await world.beginAt(planId, 'unplannedFailover', unplanned);
    await world.pass(10);
    expect(await world.job(jobId)).toMatchObject({
      ...{ state: 'Suspended', stateDescription: 'Look at the database' },
      tasks: [{ state: 'Suspended' }, { state: 'NotStarted' }, { state: 'NotStarted' }],
    });
    expect(made()).toEqual(['database']);
    const resumed = await world.ask('POST', `${vault}/replicationJobs/${jobId}/resume`, {
      body: { properties: { comments: 'it is well' } },
    });
    expect(resumed.status).toBe(202);
    expect(await world.ended(jobId)).toMatchObject({ state: 'Succeeded' });
    expect(made()).toHaveLength(4);
    const commit = await world.ended(await world.beginAt(planId, 'failoverCommit'));
    expect(commit.state).toBe('Succeeded');
    expect(await world.item(machines[3] as SimulatedMachine)).toMatchObject({
      state: 'UnplannedFailoverCommitted',
    });
  });

  it('goes on without a machine that cannot be failed over, and says which it was', async () => {
    await plan();
    await world.changeItem(machines[1] as SimulatedMachine, { state: 'InitialReplicationInProgress' });
    const job = await world.ended(await world.beginAt(planId, 'unplannedFailover', unplanned));
    expect(job).toMatchObject({ state: 'Succeeded', stateDescription: 'PartiallySucceeded' });
    expect(job.tasks.map(({ state }) => state)).toEqual(['Succeeded', 'Failed', 'Succeeded']);
    expect(job.tasks[1]?.errors[0]?.message).toContain('web-1');
    expect(made().toSorted()).toEqual(['database', 'mail', 'web-2']);
  });

  it('stops at such a machine where it is to', async () => {
    await plan({ providerSpecificInput: [{ instanceType: 'HyperVReplicaAzure', partialFailure: 'Stop' }] });
    await world.changeItem(machines[1] as SimulatedMachine, { state: 'InitialReplicationInProgress' });
    const job = await world.ended(await world.beginAt(planId, 'unplannedFailover', unplanned));
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'JobFailed' }] });
    expect(made().toSorted()).toEqual(['database', 'web-2']);
  });
});
