import { z } from 'zod';
import { RecoveryPlan, type PlanAction, type PlanGroup } from '../../contracts/catalogue/recovery-plan';
import type { PlanOrchestration } from '../../contracts/jobs/plan-jobs';
import type { GroupRun, OpenedPlan, PlanCall } from '../../contracts/jobs/plan-steps';
import type { JobTask } from '../../contracts/jobs/record';
import { requireResource } from '../catalogue/resources';
import { jobLedger } from '../jobs/job-ledger';
import type { PlanPorts } from './plan-ports';

/** What actions call the jobs that they are meant for. */
const failoverTypes: Partial<Record<PlanOrchestration, string>> = {
  planTestFailover: 'TestFailover',
  planPlannedFailover: 'PlannedFailover',
  planUnplannedFailover: 'UnplannedFailover',
};

const Policy = z.array(z.looseObject({ partialFailure: z.enum(['Continue', 'Stop', 'Wait']).optional() }));

/** What a plan comes to for this job: its groups in order, with the actions meant for it. Its tasks are written down. */
export async function openPlan({ records, clock }: PlanPorts, call: PlanCall): Promise<OpenedPlan> {
  const { job } = call;
  const { resource } = await requireResource(records, job.planId);
  const plan = RecoveryPlan.parse(resource.properties);
  const groups = groupsOf(plan, call);
  await jobLedger(records, clock).annotate(job, (record) =>
    record.tasks.length > 0 ? {} : { tasks: groups.map(taskOf) },
  );
  const policy = Policy.catch([]).parse(plan['providerSpecificInput'] ?? []);
  return { groups, onFailure: policy.find((each) => each.partialFailure)?.partialFailure ?? 'Continue' };
}

/** Machines fail over in the order of the boot groups; whatever else is done with them, all at once. */
function groupsOf(plan: RecoveryPlan, { orchestration, job }: PlanCall): GroupRun[] {
  const type = failoverTypes[orchestration];
  if (type === undefined) {
    const members = plan.groups.flatMap(membersOf);
    return [{ taskId: 'Group-1', name: 'All machines', members, before: [], after: [] }];
  }
  const isMeant = ({ failoverTypes: types, failoverDirections: directions }: PlanAction): boolean =>
    types.some((each) => each.includes(type)) &&
    (directions.length === 0 || directions.includes(job.direction ?? 'PrimaryToRecovery'));
  return plan.groups.map((group, index) => ({
    taskId: `Group-${index + 1}`,
    name: `${group.groupType} group ${index + 1}`,
    members: membersOf(group),
    before: (group.startGroupActions ?? []).filter(isMeant),
    after: (group.endGroupActions ?? []).filter(isMeant),
  }));
}

function membersOf(group: PlanGroup): string[] {
  return (group.replicationProtectedItems ?? []).flatMap(({ id }) => id ?? []);
}

function taskOf({ taskId, name }: GroupRun): JobTask {
  return { taskId, name, friendlyName: name, state: 'NotStarted', errors: [] };
}
