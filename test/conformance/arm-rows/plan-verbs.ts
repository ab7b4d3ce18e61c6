import type { RecoveryPlan } from '@azure/arm-recoveryservices-siterecovery';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';
import type { FailoverLife } from '../arm-lives/failover-life';
import { awayByAppliance } from './failover-verbs';
import { all, passes, type ArmRow } from './place';

const toRecovery = 'PrimaryToRecovery' as const;
const toPrimary = 'RecoveryToPrimary' as const;
const plan = 'shop';

/** The machines of the plan: two of a Hyper-V site, in two groups. */
function members(life: FailoverLife): Promise<SimulatedMachine[]> {
  return Promise.all(['database', 'front'].map((name) => life.machine('HyperVReplicaAzure', name)));
}

async function makePlan(
  life: FailoverLife,
  name: string,
  machines: readonly SimulatedMachine[],
): Promise<void> {
  const [first] = machines;
  await life.ended(
    life.site.replicationRecoveryPlans.beginCreate(...life.where, name, {
      properties: {
        primaryFabricId: first?.itemId.split('/').slice(0, 11).join('/') ?? '',
        recoveryFabricId: 'Microsoft Azure',
        groups: machines.map(({ itemId }) => ({
          groupType: 'Boot',
          replicationProtectedItems: [{ id: itemId }],
        })),
      },
    }),
  );
}

/** A verb of the plan: its job succeeds as a whole, and every machine of it is in this state by a later read. */
function planVerb(
  operation: string,
  { shows, scenarioName, state }: { shows: string; scenarioName: string; state: object },
  start: (
    life: FailoverLife,
  ) => ReturnType<FailoverLife['site']['replicationRecoveryPlans']['beginTestFailover']>,
): ArmRow {
  return passes(`ReplicationRecoveryPlans_${operation}`, shows, async ({ lives }) => {
    const life = await lives.failover();
    const answer: RecoveryPlan | undefined = await life.ended(start(life));
    expect(answer?.name).toBe(plan);
    await expectJob(life, scenarioName);
    await life.world.pass(3);
    for (const machine of await members(life)) {
      expect((await life.read(machine)).properties).toMatchObject(state);
    }
  });
}

async function expectJob({ site, where }: FailoverLife, scenarioName: string): Promise<void> {
  const filter = `scenarioName eq '${scenarioName}' and targetInstanceType eq 'RecoveryPlan'`;
  const [newest] = await all(site.replicationJobs.list(...where, { filter }));
  const job = (await site.replicationJobs.get(...where, newest?.name ?? '')).properties;
  expect(job).toMatchObject({ state: 'Succeeded', stateDescription: 'Completed' });
  expect(job?.tasks?.map(({ state }) => state)).toEqual(job?.tasks?.map(() => 'Succeeded'));
}

export const planVerbRows: readonly ArmRow[] = [
  planVerb(
    'TestFailover',
    {
      ...{ shows: 'tests every machine, group by group', scenarioName: 'TestFailover' },
      state: { testFailoverState: 'WaitingForCompletion' },
    },
    async (life) => {
      await makePlan(life, plan, await members(life));
      return life.site.replicationRecoveryPlans.beginTestFailover(...life.where, plan, {
        properties: { failoverDirection: toRecovery, networkType: 'NoNetworkAsInput' },
      });
    },
  ),
  planVerb(
    'TestFailoverCleanup',
    {
      ...{ shows: 'takes every test away again', scenarioName: 'TestFailoverCleanup' },
      state: { protectionState: 'Protected', testFailoverState: 'MarkedForDeletion' },
    },
    ({ site, where }) =>
      site.replicationRecoveryPlans.beginTestFailoverCleanup(...where, plan, {
        properties: { comments: 'fine' },
      }),
  ),
  planVerb(
    'PlannedFailover',
    {
      ...{ shows: 'fails all over as planned', scenarioName: 'PlannedFailover' },
      state: { protectionState: 'PlannedFailoverCommitRequired', activeLocation: 'Recovery' },
    },
    ({ site, where }) =>
      site.replicationRecoveryPlans.beginPlannedFailover(...where, plan, {
        properties: { failoverDirection: toRecovery },
      }),
  ),
  planVerb(
    'FailoverCommit',
    {
      ...{ shows: 'commits all', scenarioName: 'CommitFailover' },
      state: { protectionState: 'PlannedFailoverStatesBegin' },
    },
    ({ site, where }) => site.replicationRecoveryPlans.beginFailoverCommit(...where, plan),
  ),
  planVerb(
    'Reprotect',
    {
      ...{ shows: 'replicates all again, once they are home', scenarioName: 'ReprotectReplicationGroup' },
      state: { protectionState: 'Protected', activeLocation: 'Primary' },
    },
    async (life) => {
      const { site, where, ended } = life;
      for (const machine of await members(life)) await life.world.installAgent(machine);
      const plans = site.replicationRecoveryPlans;
      const home = { properties: { failoverDirection: toPrimary } };
      await ended(plans.beginPlannedFailover(...where, plan, home));
      await ended(plans.beginFailoverCommit(...where, plan));
      return plans.beginReprotect(...where, plan);
    },
  ),
  planVerb(
    'UnplannedFailover',
    {
      ...{ shows: 'fails all over without their sources', scenarioName: 'UnplannedFailover' },
      state: { protectionState: 'UnplannedFailoverCommitPendingStatesBegin', activeLocation: 'Recovery' },
    },
    async (life) => {
      for (const machine of await members(life)) await life.world.point(machine);
      return life.site.replicationRecoveryPlans.beginUnplannedFailover(...life.where, plan, {
        properties: { failoverDirection: toRecovery, sourceSiteOperations: 'NotRequired' },
      });
    },
  ),
  passes('ReplicationRecoveryPlans_FailoverCancel', 'cancels the way home of all', async ({ lives }) => {
    const life = await lives.failover();
    const shed = await awayByAppliance(life, 'shed');
    await makePlan(life, 'sheds', [shed]);
    const plans = life.site.replicationRecoveryPlans;
    await life.ended(
      plans.beginPlannedFailover(...life.where, 'sheds', {
        properties: { failoverDirection: toPrimary },
      }),
    );
    expect(shed.isRunning).toBe(true);
    await life.ended(plans.beginFailoverCancel(...life.where, 'sheds'));
    await life.world.pass(2);
    await expectJob(life, 'CancelFailover');
    expect((await life.read(shed)).properties).toMatchObject({ protectionState: 'Protected' });
    expect(shed.isRunning).toBe(false);
  }),
];
