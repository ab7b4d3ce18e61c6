import type { HealthError } from '../../contracts/catalogue/resource';
import {
  itemOrchestrations,
  type ResolveHealthErrors,
  type ServiceItemJob,
  type UpdateProtectedItem,
} from '../../contracts/jobs/item-jobs';
import type { JobOutcome } from '../../contracts/jobs/record';
import type { ItemJob } from '../../contracts/protection/item-job';
import type { StepOutcome } from '../../contracts/protection/step';
import { LifeboatError } from '../../errors';
import { itemJobKinds } from '../../model/job-kinds';
import { jobLedger } from '../jobs/job-ledger';
import { addDisks, removeDisks } from './change-disks';
import { feederOf } from './feeder-of';
import { changeItem, requireItem } from './item-records';
import type { ProtectionPorts } from './protection-ports';
import { startResync } from './resync';
import { runStep } from './run-step';

type Work = (ports: ProtectionPorts, input: unknown) => Promise<void>;

/** Jobs of protected items that one activity does from beginning to end; each is safe to repeat. */
const works: Record<ItemJob['orchestration'], Work> = {
  addDisks: (ports, input) => addDisks(ports, itemOrchestrations.addDisks.parse(input)),
  removeDisks: (ports, input) => removeDisks(ports, itemOrchestrations.removeDisks.parse(input)),
  repairReplication: (ports, input) => repair(ports, itemOrchestrations.repairReplication.parse(input)),
  updateProtectedItem: (ports, input) => update(ports, itemOrchestrations.updateProtectedItem.parse(input)),
  resolveHealthErrors: (ports, input) => resolve(ports, itemOrchestrations.resolveHealthErrors.parse(input)),
  updateMobilityService: (ports, input) =>
    refresh(ports, itemOrchestrations.updateMobilityService.parse(input)),
  updateAppliance: (ports, input) => keep(ports, itemOrchestrations.updateAppliance.parse(input)),
  switchProvider: (ports, input) => keep(ports, itemOrchestrations.switchProvider.parse(input)),
};

/** Does the job, its tasks one after the other: all but the last only check. */
export async function runItemJob(
  ports: ProtectionPorts,
  { orchestration, input }: ItemJob,
): Promise<JobOutcome> {
  const job = itemOrchestrations[orchestration].parse(input);
  const tasks = itemJobKinds[orchestration].tasks.map(({ taskId }) => taskId);
  let step: StepOutcome = { state: 'done' };
  for (const [index, taskId] of tasks.entries()) {
    if (step.state !== 'done') break;
    const isLast = index === tasks.length - 1;
    step = await runStep(ports, { job, taskId }, async () => {
      if (isLast) await works[orchestration](ports, input);
      else await requireItem(ports.records, job.itemId);
    });
  }
  const outcome: JobOutcome =
    step.state === 'refused'
      ? { state: 'Failed', error: step.error }
      : { state: step.state === 'done' ? 'Succeeded' : 'Cancelled' };
  await jobLedger(ports.records, ports.clock, ports.events).finish(job, outcome);
  return outcome;
}

async function repair(
  ports: ProtectionPorts,
  { itemId, jobId }: { readonly itemId: string; readonly jobId: string },
): Promise<void> {
  const item = await requireItem(ports.records, itemId);
  await startResync(ports, { itemId, item, reason: 'resync', job: jobId });
}

/** How the machine is made at the target: read when it is failed over. */
async function update({ records }: ProtectionPorts, { itemId, changes }: UpdateProtectedItem): Promise<void> {
  await requireItem(records, itemId);
  await changeItem(records, itemId, (item) => ({ target: { ...item.target, ...changes } }));
}

/** A resolved error stays away until its cause has gone and come back. */
async function resolve(
  { records }: ProtectionPorts,
  { itemId, errorIds }: ResolveHealthErrors,
): Promise<void> {
  await changeItem(records, itemId, (item) => ({
    healthErrors: item.healthErrors.filter(({ id }: HealthError) => !errorIds.includes(id)),
    resolvedErrors: errorIds,
  }));
}

/** The agent of the machine reports its version with every status: there is nothing to push, only to look at. */
async function refresh({ records }: ProtectionPorts, { itemId }: ServiceItemJob): Promise<void> {
  const item = await requireItem(records, itemId);
  if ((await feederOf(records, itemId, item)) !== undefined) return;
  throw new LifeboatError('AgentMissing', 'No agent speaks for the machine.', { target: itemId });
}

/** What was asked for is kept with what protection was enabled with. */
async function keep({ records }: ProtectionPorts, { itemId, request }: ServiceItemJob): Promise<void> {
  await requireItem(records, itemId);
  await changeItem(records, itemId, (item) => ({
    enabledWith: { ...item.enabledWith, ...detailsOf(request) },
  }));
}

function detailsOf(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const details = request['providerSpecificDetails'];
  if (typeof details !== 'object' || details === null) return {};
  const { instanceType: _, ...rest } = details as Record<string, unknown>;
  return rest;
}
