import type { Command } from 'commander';
import { usage } from '../failure';
import { openRequest } from '../items/open-request';
import { choosePoint, pointsOf, type PointView } from '../items/recovery-points';
import { failoverBody, providerDetails } from '../items/verb-bodies';
import { duration } from '../output/plain-time';
import type { StartSession } from '../program';
import { type DangerOptions, isDangerous, startsJob, takesReason } from './job-options';
import { type Intent, itemVerb, type Subject } from './item-verb';

interface FailoverOptions extends DangerOptions {
  readonly point?: string;
  readonly planned?: boolean;
  readonly shutdown?: boolean;
  readonly back?: boolean;
  readonly details?: Record<string, unknown>;
}

interface TestOptions extends DangerOptions {
  readonly point?: string;
  readonly network?: string;
  readonly cleanup?: boolean;
  readonly comments?: string;
  readonly details?: Record<string, unknown>;
}

const whichPoint = 'latest, latest-app, a moment such as 2026-01-31T12:00:00Z, or a point’s name';
export const moreDetails = 'more of the scenario’s own settings, as JSON';

/** Failing over, for real and as a test, and what follows. */
export function failoverCommands(program: Command, start: StartSession): void {
  takesReason(isDangerous(program.command('failover <machine>')))
    .description('start the machine at the target from a recovery point')
    .option('--point <which>', whichPoint, 'latest')
    .option('--planned', 'shut down in good order first: nothing is lost', false)
    .option('--shutdown', 'try to shut the source down first')
    .option('--back', 'fail back to where the machine came from')
    .option('--details <json>', moreDetails, jsonObject)
    .action((machine: string, options: FailoverOptions, command: Command) =>
      itemVerb(start(command), machine, options, (subject) => planFailover(subject, options)),
    );
  takesReason(startsJob(program.command('test <machine>')))
    .description('start a copy of the machine in a network apart; --cleanup ends the test')
    .option('--point <which>', whichPoint, 'latest')
    .option('--network <id>', 'the network to start it in; one apart where nothing is said')
    .option('--cleanup', 'remove what the test made')
    .option('--comments <text>', 'what the test showed, kept with the clean-up')
    .option('--details <json>', moreDetails, jsonObject)
    .action((machine: string, options: TestOptions, command: Command) =>
      itemVerb(start(command), machine, options, (subject) =>
        options.cleanup === true ? planCleanup(subject, options) : planTest(subject, options),
      ),
    );
  takesReason(isDangerous(program.command('change-point <machine>')))
    .description('after a failover and before the commit: take another recovery point')
    .requiredOption('--point <which>', whichPoint)
    .action((machine: string, options: FailoverOptions, command: Command) =>
      itemVerb(start(command), machine, options, (subject) => planChangePoint(subject, options)),
    );
}

async function planFailover(subject: Subject, options: FailoverOptions): Promise<Intent> {
  const { connection, place, view } = subject;
  const { site, vault, group } = connection;
  const where = [vault, group, place.fabric, place.container, place.name] as const;
  const items = site.replicationProtectedItems;
  if (options.back === true) {
    const instanceType = `${view.scenario}Failback`;
    const providerSpecificDetails = {
      dataSyncOption: 'ForSynchronization',
      ...options.details,
      instanceType,
    };
    const request = { properties: { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails } };
    return {
      operation: 'Failback',
      request,
      question: `Fail ${view.machine} back? It is shut down at the target.`,
      begin: (hearing) => items.beginPlannedFailover(...where, openRequest(request), hearing),
    };
  }
  const point = await pointNamed(subject, options.point);
  const request = failoverBody({
    instanceType: view.scenario,
    recoveryPointId: options.point === 'latest' ? undefined : point?.id,
    shutDownSource: options.shutdown === true,
    details: options.details,
  });
  const lost =
    point === undefined ? '' : ` Changes after ${point.time} (${duration(point.ageInSeconds)} ago) are lost.`;
  if (options.planned === true) {
    return {
      operation: 'PlannedFailover',
      request,
      point,
      question: `Fail ${view.machine} over as planned? It is shut down at the source.`,
      begin: (hearing) => items.beginPlannedFailover(...where, openRequest(request), hearing),
    };
  }
  return {
    operation: 'UnplannedFailover',
    request,
    point,
    question: `Fail ${view.machine} over?${lost}`,
    begin: (hearing) => items.beginUnplannedFailover(...where, openRequest(request), hearing),
  };
}

async function planTest(subject: Subject, options: TestOptions): Promise<Intent> {
  const { connection, place, view } = subject;
  const point = await pointNamed(subject, options.point);
  const request = {
    properties: {
      failoverDirection: 'PrimaryToRecovery',
      networkType: options.network === undefined ? 'NoNetworkAsInput' : 'VmNetworkAsInput',
      ...(options.network === undefined ? {} : { networkId: options.network }),
      providerSpecificDetails: providerDetails({
        instanceType: view.scenario,
        recoveryPointId: options.point === 'latest' ? undefined : point?.id,
        shutDownSource: false,
        details: withoutShutdown(view.scenario, options.details),
      }),
    },
  };
  const { site, vault, group } = connection;
  return {
    operation: 'TestFailover',
    request,
    point,
    begin: (hearing) =>
      site.replicationProtectedItems.beginTestFailover(
        ...([vault, group, place.fabric, place.container, place.name] as const),
        openRequest(request),
        hearing,
      ),
  };
}

function planCleanup({ connection, place }: Subject, { comments }: TestOptions): Intent {
  const { site, vault, group } = connection;
  const request = { properties: comments === undefined ? {} : { comments } };
  return {
    operation: 'TestFailoverCleanup',
    request,
    begin: (hearing) =>
      site.replicationProtectedItems.beginTestFailoverCleanup(
        ...([vault, group, place.fabric, place.container, place.name] as const),
        request,
        hearing,
      ),
  };
}

async function planChangePoint(subject: Subject, options: FailoverOptions): Promise<Intent> {
  const { connection, place, view } = subject;
  const point = await pointNamed(subject, options.point);
  const recoveryPointId = point?.id ?? '';
  const inner = view.scenario === 'InMageRcm' ? { recoveryPointId } : {};
  const request = {
    properties: { recoveryPointId, providerSpecificDetails: { ...inner, instanceType: view.scenario } },
  };
  const { site, vault, group } = connection;
  return {
    operation: 'ChangePit',
    request,
    point,
    question: `Take ${view.machine} to ${point?.time ?? ''}? What it wrote since the failover is lost.`,
    begin: (hearing) =>
      site.replicationProtectedItems.beginApplyRecoveryPoint(
        ...([vault, group, place.fabric, place.container, place.name] as const),
        openRequest(request),
        hearing,
      ),
  };
}

/** The point that is named. The latest may be none yet: then the service says what it thinks of that. */
async function pointNamed(
  { connection, place, session }: Subject,
  which = 'latest',
): Promise<PointView | undefined> {
  const nowInMs = session.around.now();
  const points = await pointsOf(connection, place, which === 'latest' ? { nowInMs, limit: 1 } : { nowInMs });
  return which === 'latest' ? points[0] : choosePoint(points, which);
}

function withoutShutdown(
  scenario: string,
  details: Record<string, unknown> | undefined,
): Record<string, unknown> | undefined {
  return scenario === 'InMageRcm' ? { ...details, performShutdown: undefined } : details;
}

/** An option that is a JSON object. */
export function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, in the same words as for what is JSON and no object.
  }
  throw usage('The details are no JSON object.', 'Such as: --details \'{"targetVmSize":"Standard_D2s_v5"}\'');
}
