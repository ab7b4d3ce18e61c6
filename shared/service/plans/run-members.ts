import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { itemOrchestrations, type ItemOrchestration } from '../../contracts/jobs/item-jobs';
import type { GroupCall, MemberRun, MembersLook, PlanCall } from '../../contracts/jobs/plan-steps';
import { isRefusal } from '../../errors';
import { itemJobKinds } from '../../model/job-kinds';
import { scenarios } from '../../model/scenarios';
import type { Verb } from '../../model/scenarios/scenario';
import { uuidOf } from '../agents/agent-records';
import { acceptJob, startIfForgotten } from '../jobs/accept-job';
import { jobLedger } from '../jobs/job-ledger';
import { requireItem } from '../protection/item-records';
import { spread } from '../spread';
import type { PlanPorts } from './plan-ports';

const atOnce = 8;

/** Starts the job of each machine of a group. A machine that cannot take part now is a failed one, and says why. */
export async function startMembers(ports: PlanPorts, { call, group }: GroupCall): Promise<MemberRun[]> {
  const runs = new Map<string, MemberRun>();
  const plan = await jobLedger(ports.records, ports.clock).find(call.job);
  // The evidence of each machine names the person who started the plan.
  const requestedBy = `${plan?.requestedBy ?? 'unknown'} by plan job ${call.job.jobId}`;
  await spread(eachOf(group.members), atOnce, async (itemId) => {
    runs.set(itemId, await startMember(ports, call, { itemId, requestedBy }));
  });
  return group.members.flatMap((itemId) => runs.get(itemId) ?? []);
}

async function startMember(
  ports: PlanPorts,
  call: PlanCall,
  { itemId, requestedBy }: { readonly itemId: string; readonly requestedBy: string },
): Promise<MemberRun> {
  const { vaultId, jobId: planJobId } = call.job;
  const jobId = uuidOf('member', planJobId, itemId.toLowerCase());
  try {
    const known = await jobLedger(ports.records, ports.clock).find({ vaultId, jobId });
    if (known !== undefined) return { itemId, jobId, state: 'running' };
    const item = await requireItem(ports.records, itemId);
    const { orchestration, verb, input } = memberJob(call, itemId, item);
    const kind = itemJobKinds[orchestration];
    const common = { jobId, vaultId, itemId, scenario: item.scenario, verb };
    await acceptJob(
      ports,
      {
        ...{ jobId, vaultId, orchestration, verb, resultId: itemId, requestedBy },
        ...{ scenarioName: kind.scenarioName, friendlyName: kind.friendlyName, tasks: kind.tasks },
        ...{ targetId: itemId, targetObjectId: item.internalId, targetObjectName: item.friendlyName },
        ...{ targetInstanceType: 'ProtectionEntity', activityId: `${planJobId} ActivityId: ${jobId}` },
        input: itemOrchestrations[orchestration].parse({ ...common, ...input }),
      },
      { item: itemId, verb },
    );
    return { itemId, jobId, state: 'running' };
  } catch (error) {
    if (!isRefusal(error) || error.status >= 500) throw error;
    return { itemId, jobId, state: 'failed', message: error.message };
  }
}

interface MemberJob {
  readonly orchestration: ItemOrchestration;
  readonly verb: Verb;
  readonly input: Record<string, unknown>;
}

/** What is asked of one machine: the plan's request, with the part of its own scenario. */
function memberJob({ orchestration, job }: PlanCall, itemId: string, item: ProtectedItem): MemberJob {
  const { direction = 'PrimaryToRecovery', networkType, networkId, shutDownSource = false, comments } = job;
  const own = (job.provider ?? []).find(({ instanceType }) => instanceType === item.instanceType);
  const provider = { ...own, instanceType: item.instanceType };
  switch (orchestration) {
    case 'planTestFailover':
      return {
        ...{ orchestration: 'testFailover', verb: 'testFailover' },
        input: { direction, networkType, networkId, comments, provider },
      };
    case 'planTestFailoverCleanup':
      return { orchestration: 'testFailoverCleanup', verb: 'testFailoverCleanup', input: { comments } };
    case 'planPlannedFailover': {
      const isBack =
        direction === 'RecoveryToPrimary' && scenarios[item.scenario].refuses.failback === undefined;
      const verb = isBack ? 'failback' : 'plannedFailover';
      return { orchestration: 'plannedFailover', verb, input: { direction, comments, provider } };
    }
    case 'planUnplannedFailover':
      return {
        ...{ orchestration: 'unplannedFailover', verb: 'unplannedFailover' },
        input: { direction, shutDownSource, comments, provider },
      };
    case 'planCommitFailover':
      return { orchestration: 'commitFailover', verb: 'commitFailover', input: {} };
    case 'planCancelFailover':
      return { orchestration: 'cancelFailover', verb: 'cancelFailover', input: {} };
    case 'planReprotect':
      return reprotectOf(itemId, item, provider);
  }
}

function reprotectOf(itemId: string, item: ProtectedItem, provider: Record<string, unknown>): MemberJob {
  if (item.scenario === 'A2A') {
    const name = itemId.split('/').at(-1) ?? '';
    const newItemId = `${item.recoveryContainerId ?? ''}/replicationProtectedItems/${name}`;
    return { orchestration: 'switchProtection', verb: 'switchProtection', input: { newItemId, provider } };
  }
  const replaces = scenarios[item.scenario].states['UnplannedFailoverCommitted']?.on.reprotect === 'gone';
  const input = { provider, ...(replaces ? { newItemId: `${itemId}-new` } : {}) };
  return { orchestration: 'reprotect', verb: 'reprotect', input };
}

/** How the jobs of a group are doing. One that was written down and then forgotten is started again. */
export async function lookAtMembers(ports: PlanPorts, { call, members }: MembersLook): Promise<MemberRun[]> {
  const ledger = jobLedger(ports.records, ports.clock);
  const runs = new Map<string, MemberRun>();
  await spread(eachOf(members), atOnce, async (member) => {
    const { itemId, jobId } = member;
    const job =
      member.state === 'running' ? await ledger.find({ vaultId: call.job.vaultId, jobId }) : undefined;
    if (job === undefined) return void runs.set(itemId, member);
    await startIfForgotten(ports, job);
    if (job.state === 'Succeeded') runs.set(itemId, { ...member, state: 'succeeded' });
    else if (job.state === 'Failed' || job.state === 'Cancelled') {
      runs.set(itemId, { ...member, state: 'failed', message: job.errors[0]?.message ?? job.state });
    } else runs.set(itemId, member);
  });
  return members.map((member) => runs.get(member.itemId) ?? member);
}

async function* eachOf<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
