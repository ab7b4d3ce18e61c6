import { z } from 'zod';
import type {
  ActionCall,
  ActionEnd,
  FinishPlan,
  GroupCall,
  GroupMark,
  MemberRun,
  MembersLook,
  OpenedPlan,
  PlanCall,
} from '../../contracts/jobs/plan-steps';
import type { JobOutcome, JobRecord } from '../../contracts/jobs/record';
import { feederOf } from '../protection/feeder-of';
import { readItem } from '../protection/item-records';
import { jobLedger } from '../jobs/job-ledger';
import { openPlan } from './open-plan';
import type { PlanPorts } from './plan-ports';
import { lookAtMembers, startMembers } from './run-members';

/** Recovery plans, step by step, as their orchestrations call them. */
export interface PlanService {
  openPlan(call: PlanCall): Promise<OpenedPlan>;
  startMembers(group: GroupCall): Promise<MemberRun[]>;
  lookAtMembers(look: MembersLook): Promise<MemberRun[]>;
  markGroup(mark: GroupMark): Promise<void>;
  runPlanScript(call: ActionCall): Promise<ActionEnd>;
  finishPlan(end: FinishPlan): Promise<JobOutcome>;
}

export function planService(ports: PlanPorts): PlanService {
  return {
    openPlan: (call) => openPlan(ports, call),
    startMembers: (group) => startMembers(ports, group),
    lookAtMembers: (look) => lookAtMembers(ports, look),
    markGroup: (mark) => markGroup(ports, mark),
    runPlanScript: (call) => runPlanScript(ports, call),
    finishPlan: async ({ call, outcome }) => {
      await jobLedger(ports.records, ports.clock, ports.events).finish(call.job, outcome);
      return outcome;
    },
  };
}

async function markGroup({ records, clock }: PlanPorts, mark: GroupMark): Promise<void> {
  const { call, taskId, text, members } = mark;
  const ledger = jobLedger(records, clock);
  switch (mark.mark) {
    case 'started':
      return ledger.startTask(call.job, taskId);
    case 'waiting':
      await ledger.annotate(call.job, (job) => withState(job, taskId, 'Suspended'));
      return ledger.suspend(call.job, text);
    case 'resumed':
      return ledger.annotate(call.job, (job) => ({
        ...withState(job, taskId, 'InProgress'),
        ...{ state: 'InProgress', stateDescription: 'InProgress' },
      }));
    case 'succeeded':
    case 'failed': {
      const details = {
        instanceType: 'RecoveryPlanGroupTaskDetails',
        childTasks: members.map(({ itemId, jobId, state, message = '' }) => ({
          itemId,
          jobId,
          state,
          message,
        })),
      };
      const error = {
        code: 'JobFailed',
        message: text,
        causes: '',
        action: 'Read the jobs of the machines.',
      };
      return ledger.endTask(call.job, taskId, {
        details,
        ...(mark.mark === 'failed' ? { state: 'Failed', error } : { state: 'Succeeded' }),
      });
    }
  }
}

function withState(job: JobRecord, taskId: string, state: 'Suspended' | 'InProgress'): Partial<JobRecord> {
  return { tasks: job.tasks.map((task) => (task.taskId === taskId ? { ...task, state } : task)) };
}

const Script = z.looseObject({ path: z.string().optional(), runbookId: z.string().optional() });

/** Runs an action's script by the agent beside the first machine of the group. */
async function runPlanScript(
  { records, board }: PlanPorts,
  { call, group, action, results }: ActionCall,
): Promise<ActionEnd> {
  const taskId = `${call.job.jobId}.${group.taskId}.${action.actionName}`.slice(0, 100);
  const result = results.find((each) => each.taskId === taskId);
  if (result?.outcome === 'succeeded') return { state: 'done' };
  if (result !== undefined) return { state: 'failed', message: result.message ?? 'The script failed.' };
  const { path } = Script.parse(action.customDetails);
  const [itemId] = group.members;
  const item = itemId === undefined ? undefined : await readItem(records, itemId);
  const feeder =
    itemId === undefined || item === undefined ? undefined : await feederOf(records, itemId, item);
  if (path === undefined || feeder === undefined) {
    return { state: 'failed', message: 'There is no script to run, or no agent to run it.' };
  }
  const parameters = { path, machineId: feeder.machine.machineId };
  const task = { taskId, kind: 'runScript' as const, parameters, jobId: call.job.jobId };
  await board.change(feeder.agentId, (wish) =>
    wish.tasks.some((each) => each.taskId === taskId) ? wish : { ...wish, tasks: [...wish.tasks, task] },
  );
  return { state: 'waiting', taskId };
}
