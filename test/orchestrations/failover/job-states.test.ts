import { putResource } from '../../../shared/service/catalogue/resources';
import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

interface ShownJob {
  readonly scenarioName: string;
  readonly state: string;
  readonly stateDescription: string;
  readonly allowedActions: readonly string[];
  readonly tasks: readonly { readonly name: string; readonly state: string }[];
  readonly errors: readonly { readonly serviceErrorDetails: { readonly recommendedAction: string } }[];
}

const planId = `${vault}/replicationRecoveryPlans/shop`;
const planned = {
  failoverDirection: 'PrimaryToRecovery',
  providerSpecificDetails: { instanceType: 'HyperVReplicaAzure' },
};

describe('jobs, as the API shows them', () => {
  let world: FailoverWorld;
  let machine: SimulatedMachine;

  beforeEach(async () => {
    world = await FailoverWorld.open();
    machine = await world.protect('HyperVReplicaAzure', { name: 'web', disks: 1, sizeBytes: 4096 });
    await world.point(machine);
  });

  afterEach(() => world.close());

  const path = (jobId: string): string => `${vault}/replicationJobs/${jobId}`;
  const shown = async (jobId: string): Promise<ShownJob> =>
    (await world.ask('GET', path(jobId))).body.properties as ShownJob;
  const act = async (jobId: string, action: string): Promise<string> => {
    const { status, headers } = await world.ask('POST', `${path(jobId)}/${action}`, { body: {} });
    expect(status).toBe(202);
    return new URL(headers['Azure-AsyncOperation'] ?? '').pathname.split('/').at(-1) ?? '';
  };
  const states = ({ tasks }: ShownJob): string[] => tasks.map(({ state }) => state);

  it('X2: one that waits for its source can be cancelled, and then does nothing more', async () => {
    machine.isReachable = false;
    const jobId = await world.begin(machine, 'plannedFailover', planned);
    expect(await shown(jobId)).toMatchObject({ state: 'NotStarted', allowedActions: ['Cancel'] });
    await world.pass(3);
    const running = await shown(jobId);
    expect(running).toMatchObject({ state: 'InProgress', allowedActions: ['Cancel'] });
    expect(new Set(states(running))).toEqual(new Set(['Succeeded', 'InProgress', 'NotStarted']));
    await act(jobId, 'cancel');
    expect((await shown(jobId)).stateDescription).toBe('Cancelling');
    await world.ended(jobId);
    expect(await shown(jobId)).toMatchObject({ state: 'Cancelled', allowedActions: [] });
    expect((await world.ask('POST', `${path(jobId)}/resume`, { body: {} })).status).toBe(409);
  });

  it('X2: one that failed says why, and is done again by a restart', async () => {
    machine.isReachable = false;
    const jobId = await world.begin(machine, 'plannedFailover', planned);
    await world.ended(jobId);
    const failed = await shown(jobId);
    expect(failed).toMatchObject({ state: 'Failed', allowedActions: ['Restart'] });
    expect(states(failed)).toContain('Failed');
    expect(failed.errors[0]?.serviceErrorDetails.recommendedAction).toMatch(/\.$/);
    machine.isReachable = true;
    const again = await act(jobId, 'restart');
    expect(again).not.toBe(jobId);
    expect((await world.job(again)).endTimeInMs).toBeUndefined();
    await world.ended(again);
    const done = await shown(again);
    expect(done).toMatchObject({ scenarioName: 'PlannedFailover', state: 'Succeeded', allowedActions: [] });
    expect(new Set(states(done))).toEqual(new Set(['Succeeded']));
    expect(machine.isRunning).toBe(false);
    expect((await shown(jobId)).state).toBe('Failed');
  });

  it('X2: one that waits for a person goes on when it is resumed', async () => {
    const look = {
      ...{ actionName: 'Look at it', failoverTypes: ['PlannedFailover'] },
      ...{
        failoverDirections: ['PrimaryToRecovery'],
        customDetails: { instanceType: 'ManualActionDetails' },
      },
    };
    await putResource(world.records, {
      ...{ id: planId, name: 'shop', type: 'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans' },
      properties: {
        ...{ friendlyName: 'shop', primaryFabricId: vault, recoveryFabricId: 'Microsoft Azure' },
        groups: [
          {
            ...{ groupType: 'Boot', endGroupActions: [look] },
            replicationProtectedItems: [{ id: machine.itemId }],
          },
        ],
      },
    });
    const jobId = await world.beginAt(planId, 'plannedFailover', {
      failoverDirection: 'PrimaryToRecovery',
    });
    await world.pass(20);
    expect(await shown(jobId)).toMatchObject({
      ...{ state: 'Suspended', allowedActions: ['Cancel', 'Resume'] },
    });
    await act(jobId, 'resume');
    await world.ended(jobId);
    const done = await shown(jobId);
    expect(done).toMatchObject({ state: 'Succeeded', allowedActions: [] });
    expect(new Set(states(done))).toEqual(new Set(['Succeeded']));
  });
});
