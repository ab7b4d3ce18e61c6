import { DeletedItem } from '../../contracts/catalogue/deleted-item';
import { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { RecoveryPlan } from '../../contracts/catalogue/recovery-plan';
import type { Resource } from '../../contracts/catalogue/resource';
import type { JobOutcome, JobRecord } from '../../contracts/jobs/record';
import { isRefusal } from '../../errors';
import { afterVerb, gone, stateOf } from '../../model/scenarios/allowed';
import { scenarios } from '../../model/scenarios';
import { verbs, type Verb } from '../../model/scenarios/scenario';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { removeTree } from '../catalogue/apply-changes';
import { changeResource, readResource } from '../catalogue/resources';

interface Ending {
  readonly job: JobRecord;
  readonly outcome: JobOutcome;
}

/** Lets go of what a job held, and moves a protected item along its scenario's table when the job succeeded. Safe to repeat. */
export async function settleTarget(records: Records, clock: Clock, ending: Ending): Promise<void> {
  const stored = await readResource(records, ending.job.targetId);
  if (stored === undefined) return;
  if (stored.resource.type.endsWith('/replicationProtectedItems')) {
    await settleItem(records, clock, ending);
  } else if (stored.resource.type.endsWith('/replicationRecoveryPlans')) {
    await settlePlan(records, clock, ending);
  } else if (stored.resource.type.endsWith('/deletedProtectedItems')) {
    await letGo(records, ending.job);
  }
}

/** A deleted item that is still there when its job has ended can be asked for again. */
async function letGo(records: Records, { targetId, jobId }: JobRecord): Promise<void> {
  await unlessGone(
    changeResource(records, targetId, (current) => {
      const { hold, ...free } = DeletedItem.parse(current.properties);
      return hold?.jobId === jobId ? { ...current, properties: free } : undefined;
    }),
  );
}

async function settleItem(records: Records, clock: Clock, { job, outcome }: Ending): Promise<void> {
  let ends: Resource | undefined;
  await unlessGone(
    changeResource(records, job.targetId, (current) => {
      const item = ProtectedItem.parse(current.properties);
      if (item.hold?.jobId !== job.jobId) return undefined;
      const verb = verbs.find((known) => known === job.verb);
      const succeeded = outcome.state === 'Succeeded';
      ends = succeeded && isLast(item, verb) ? current : undefined;
      if (ends !== undefined) return undefined;
      return { ...current, properties: succeeded ? moved(item, verb, clock.now()) : released(item) };
    }),
  );
  if (ends !== undefined) await removeItem(records, ends);
}

/** Takes an item's record away. Its machine may be protected again. Safe to repeat. */
export async function removeItem(records: Records, item: Resource): Promise<void> {
  const { protectableItemId } = ProtectedItem.parse(item.properties);
  if (protectableItemId !== undefined) {
    await unlessGone(
      changeResource(records, protectableItemId, (machine) => {
        const { protectedItemId, ...free } = machine.properties;
        return protectedItemId === item.id ? { ...machine, properties: free } : undefined;
      }),
    );
  }
  await removeTree(records, item.id);
}

function isLast(item: ProtectedItem, verb: Verb | undefined): boolean {
  return verb !== undefined && afterVerb(scenarios[item.scenario], item.state, verb) === gone;
}

/** Where a verb leads when it succeeds. */
function moved(item: ProtectedItem, verb: Verb | undefined, now: number): ProtectedItem {
  const free = released(item);
  if (verb === undefined) return free;
  const scenario = scenarios[item.scenario];
  const next = afterVerb(scenario, item.state, verb);
  const becomes = scenario.turnsInto?.[verb] ?? item.scenario;
  return {
    ...free,
    state: next,
    scenario: becomes,
    instanceType: becomes === item.scenario ? item.instanceType : becomes,
    testFailover: testFailoverAfter(item, verb),
    ...(verb === 'repairReplication' ? { resyncRequired: false } : {}),
    ...(verb === 'testFailover' ? { testFailedOverAtInMs: now } : {}),
    ...(stateOf(scenario, item.state).active !== stateOf(scenarios[becomes], next).active
      ? { failedOverAtInMs: now }
      : {}),
  };
}

function testFailoverAfter(item: ProtectedItem, verb: Verb): ProtectedItem['testFailover'] {
  if (verb === 'testFailover') return 'WaitingForCompletion';
  return verb === 'testFailoverCleanup' ? 'MarkedForDeletion' : item.testFailover;
}

function released(item: ProtectedItem): ProtectedItem {
  const { hold, ...free } = item;
  return hold === undefined ? item : { ...free, lastJob: hold };
}

async function settlePlan(records: Records, clock: Clock, { job, outcome }: Ending): Promise<void> {
  await unlessGone(
    changeResource(records, job.targetId, (current) => {
      const plan = RecoveryPlan.parse(current.properties);
      if (plan.hold?.jobId !== job.jobId) return undefined;
      const { hold, testFailoverJob, ...free } = plan;
      const waits = outcome.state === 'Succeeded' && hold.verb === 'planTestFailover' ? hold : undefined;
      const kept =
        outcome.state === 'Succeeded' && hold.verb === 'planTestFailoverCleanup'
          ? undefined
          : testFailoverJob;
      const test = waits ?? kept;
      return {
        ...current,
        properties: {
          ...free,
          ...(test === undefined ? {} : { testFailoverJob: test }),
          ...(outcome.state === 'Succeeded' ? whenPlanRan(hold.verb, clock.now()) : {}),
        },
      };
    }),
  );
}

function whenPlanRan(verb: string, now: number): Partial<RecoveryPlan> {
  switch (verb) {
    case 'planTestFailover':
      return { lastTestFailoverAtInMs: now };
    case 'planPlannedFailover':
      return { lastPlannedFailoverAtInMs: now };
    case 'planUnplannedFailover':
      return { lastUnplannedFailoverAtInMs: now };
    default:
      return {};
  }
}

async function unlessGone(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}
