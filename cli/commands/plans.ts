import type { RecoveryPlan } from '@azure/arm-recoveryservices-siterecovery';
import type { Command } from 'commander';
import type { Connection } from '../connect/connection';
import { notFound } from '../failure';
import type { HearingOptions } from '../jobs/start-job';
import { nearest } from '../nearest';
import type { Column } from '../output/table';
import type { StartSession } from '../program';
import { type DangerOptions, isDangerous, runJob, startsJob, takesReason } from './job-options';

interface PlanOptions extends DangerOptions {
  readonly planned?: boolean;
  readonly shutdown?: boolean;
  readonly network?: string;
  readonly cleanup?: boolean;
}

type Begin = (hearing: HearingOptions) => Promise<unknown>;

interface PlanIntent {
  readonly operation: string;
  readonly question?: string;
  begin(connection: Connection, name: string): Begin;
}

const columns: readonly Column[] = [
  { title: 'PLAN', field: 'plan' },
  { title: 'GROUPS', field: 'groups' },
  { title: 'MACHINES', field: 'machines' },
  { title: 'STATE', field: 'state' },
  { title: 'JOB', field: 'runningJob' },
];

/** Recovery plans: many machines in order, with scripts and people between. */
export function planCommands(program: Command, start: StartSession): void {
  const plan = program.command('plan').description('recovery plans: many machines, in order');
  plan
    .command('list')
    .description('the recovery plans of the vault')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      await session.print((await allPlans(await session.connect())).map(planView), columns);
    });
  plan
    .command('show <plan>')
    .description('a plan with its groups')
    .action(async (name: string, _: object, command: Command) => {
      const session = start(command);
      const found = await findPlan(await session.connect(), name);
      await session.print({ ...planView(found), order: (found.properties?.groups ?? []).map(groupView) });
    });
  const verb = (command: Command, intent: (options: PlanOptions) => PlanIntent): void => {
    command.action((name: string, options: PlanOptions, given: Command) =>
      runPlanVerb(start, given, { name, options, intent: intent(options) }),
    );
  };
  verb(
    takesReason(isDangerous(plan.command('run <plan>')))
      .description('fail over all machines of the plan')
      .option('--planned', 'shut down in good order first')
      .option('--shutdown', 'try to shut the sources down first'),
    runIntent,
  );
  verb(
    takesReason(startsJob(plan.command('test <plan>')))
      .description('test failover of all machines; --cleanup ends it')
      .option('--network <id>', 'the network to start them in')
      .option('--cleanup', 'remove what the test made'),
    testIntent,
  );
  verb(isDangerous(plan.command('commit <plan>')).description('keep the failover of all'), () => ({
    operation: 'Commit',
    question: 'Commit the failover of all machines of the plan?',
    begin:
      ({ site, vault, group }, name) =>
      (hearing) =>
        site.replicationRecoveryPlans.beginFailoverCommit(vault, group, name, hearing),
  }));
  verb(isDangerous(plan.command('reprotect <plan>')).description('replicate all the other way'), () => ({
    operation: 'ReProtect',
    question:
      'Replicate all machines of the plan the other way? The disks at their old places are overwritten.',
    begin:
      ({ site, vault, group }, name) =>
      (hearing) =>
        site.replicationRecoveryPlans.beginReprotect(vault, group, name, hearing),
  }));
}

async function runPlanVerb(
  start: StartSession,
  command: Command,
  { name, options, intent }: { name: string; options: PlanOptions; intent: PlanIntent },
): Promise<void> {
  const session = start(command);
  const connection = await session.connect();
  const plan = planView(await findPlan(connection, name));
  if (options.whatIf === true) {
    return session.print({ whatIf: true, operation: intent.operation, ...plan });
  }
  if (intent.question !== undefined) {
    await session.confirm(`${intent.question} (${plan.machines} machines)`, options);
  }
  return runJob(session, connection, options, intent.begin(connection, plan.plan));
}

function runIntent({ planned, shutdown }: PlanOptions): PlanIntent {
  const properties = { failoverDirection: 'PrimaryToRecovery' };
  return {
    operation: planned === true ? 'PlannedFailover' : 'UnplannedFailover',
    question: 'Fail over all machines of the plan?',
    begin:
      ({ site, vault, group }, name) =>
      (hearing) =>
        planned === true
          ? site.replicationRecoveryPlans.beginPlannedFailover(vault, group, name, { properties }, hearing)
          : site.replicationRecoveryPlans.beginUnplannedFailover(
              ...([vault, group, name] as const),
              {
                properties: {
                  ...properties,
                  sourceSiteOperations: shutdown === true ? 'Required' : 'NotRequired',
                },
              },
              hearing,
            ),
  };
}

function testIntent({ network, cleanup }: PlanOptions): PlanIntent {
  if (cleanup === true) {
    return {
      operation: 'TestFailoverCleanup',
      begin:
        ({ site, vault, group }, name) =>
        (hearing) =>
          site.replicationRecoveryPlans.beginTestFailoverCleanup(
            vault,
            group,
            name,
            { properties: {} },
            hearing,
          ),
    };
  }
  const properties = {
    failoverDirection: 'PrimaryToRecovery',
    networkType: network === undefined ? 'NoNetworkAsInput' : 'VmNetworkAsInput',
    ...(network === undefined ? {} : { networkId: network }),
  };
  return {
    operation: 'TestFailover',
    begin:
      ({ site, vault, group }, name) =>
      (hearing) =>
        site.replicationRecoveryPlans.beginTestFailover(vault, group, name, { properties }, hearing),
  };
}

async function allPlans({ site, vault, group }: Connection): Promise<RecoveryPlan[]> {
  const found: RecoveryPlan[] = [];
  for await (const plan of site.replicationRecoveryPlans.list(vault, group)) found.push(plan);
  return found;
}

async function findPlan(connection: Connection, wanted: string): Promise<RecoveryPlan> {
  const plans = await allPlans(connection);
  const found = plans.find(({ name }) => name?.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(
    wanted,
    plans.map(({ name }) => name ?? ''),
  );
  throw notFound(
    `There is no recovery plan "${wanted}".`,
    near === undefined ? 'lifeboat plan list shows those there are.' : `Did you mean ${near}?`,
  );
}

function planView({ name = '', properties }: RecoveryPlan): PlanView {
  const groups = (properties?.groups ?? []).filter(({ groupType }) => groupType === 'Boot');
  const running = properties?.currentScenario?.scenarioName;
  return {
    plan: name,
    groups: groups.length,
    machines: groups.reduce((sum, group) => sum + (group.replicationProtectedItems ?? []).length, 0),
    state: properties?.currentScenarioStatusDescription ?? properties?.currentScenarioStatus ?? '',
    runningJob: running === undefined || running === 'None' ? null : running,
  };
}

interface PlanView {
  readonly plan: string;
  readonly groups: number;
  readonly machines: number;
  readonly state: string;
  readonly runningJob: string | null;
}

type Group = NonNullable<NonNullable<RecoveryPlan['properties']>['groups']>[number];

function groupView({
  groupType,
  replicationProtectedItems,
  startGroupActions,
  endGroupActions,
}: Group): object {
  return {
    group: groupType,
    machines: (replicationProtectedItems ?? []).map(({ id }) => id?.split('/').at(-1) ?? ''),
    before: (startGroupActions ?? []).map(({ actionName }) => actionName),
    after: (endGroupActions ?? []).map(({ actionName }) => actionName),
  };
}
