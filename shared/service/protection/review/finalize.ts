import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { JobOutcome } from '../../../contracts/jobs/record';
import { LifeboatError } from '../../../errors';
import type { FinalizeKind, FinalizeProtection } from '../../../contracts/protection/finalize';
import { finalizeJobKinds } from '../../../model/job-kinds';
import { afterHappening } from '../../../model/scenarios/allowed';
import { scenarios } from '../../../model/scenarios';
import { timeOrderedId } from '../../../model/time-ordered-id';
import { acceptJob } from '../../jobs/accept-job';
import { jobLedger, type NewJob } from '../../jobs/job-ledger';
import { changeItem, happenTo, requireItem, vaultIdOf } from '../item-records';
import type { ProtectionOffice, ProtectionPorts } from '../protection-ports';
import { runStep } from '../run-step';

/** Both sides of a pair finalize for themselves; a machine that leaves for Azure does so once. */
function kindsOf({ scenario }: ProtectedItem): readonly FinalizeKind[] {
  return scenario === 'A2A' || scenario === 'HyperVReplica2012R2'
    ? ['PrimaryIrCompletion', 'SecondaryIrCompletion']
    : ['IrCompletion'];
}

/** True while the first copy of an item is what its state waits for. */
function awaitsCopy({ scenario, state, hold }: ProtectedItem): boolean {
  return afterHappening(scenarios[scenario], state, 'initialCopyDone') !== state && hold === undefined;
}

/** Starts the job that makes a copied item a protected one, unless it was started. Safe to repeat. */
export async function startFinalize(
  office: ProtectionOffice,
  { itemId, item }: { readonly itemId: string; readonly item: ProtectedItem },
): Promise<void> {
  if (!awaitsCopy(item)) return;
  const [kind = 'IrCompletion'] = kindsOf(item);
  const jobId = await claimJob(office, itemId, kind);
  if (jobId !== undefined) await acceptJob(office, newJob({ itemId, item, kind, jobId }));
}

/** One job for each kind: whoever comes first names it, and everybody else starts the same one. */
async function claimJob(
  { records, clock, ids }: ProtectionPorts,
  itemId: string,
  kind: FinalizeKind,
): Promise<string | undefined> {
  const wanted = timeOrderedId(clock.now(), ids.uuid());
  const item = await changeItem(records, itemId, (current) =>
    awaitsCopy(current) && jobsOf(current)[kind] === undefined
      ? { finalizeJobs: { ...jobsOf(current), [kind]: wanted } }
      : undefined,
  );
  return item === undefined ? undefined : jobsOf(item)[kind];
}

function jobsOf(item: ProtectedItem): Partial<Record<FinalizeKind, string>> {
  return item['finalizeJobs'] ?? {};
}

function newJob(of: { itemId: string; item: ProtectedItem; kind: FinalizeKind; jobId: string }): NewJob {
  const { item, itemId, kind, jobId } = of;
  const vaultId = vaultIdOf(itemId);
  const words = finalizeJobKinds[kind];
  const input: FinalizeProtection = { jobId, vaultId, itemId, kind };
  return {
    ...{ jobId, vaultId, input, orchestration: 'finalizeProtection', requestedBy: 'lifeboat' },
    ...{ scenarioName: words.scenarioName, friendlyName: words.friendlyName, tasks: words.tasks },
    ...{ targetId: itemId, targetObjectId: item.internalId, targetObjectName: item.friendlyName },
    ...{ targetInstanceType: 'ProtectionEntity', activityId: `${jobId} ActivityId: ${jobId}` },
    resultId: itemId,
  };
}

/** What a finalize job does: the last of them makes the item a protected one. Answers the job that follows. */
export async function finalizeItem(
  ports: ProtectionPorts,
  job: FinalizeProtection,
): Promise<FinalizeProtection | null> {
  const taskId = finalizeJobKinds[job.kind].tasks[0]?.taskId ?? '';
  let following: FinalizeKind | undefined;
  const step = await runStep(ports, { job, taskId }, async () => {
    const item = await requireItem(ports.records, job.itemId);
    if (item.hold?.verb === 'disableProtection') {
      throw new LifeboatError('OperationNotAllowed', 'Protection of the machine is being disabled.');
    }
    const kinds = kindsOf(item);
    following = kinds[kinds.indexOf(job.kind) + 1];
    if (following === undefined) await happenTo(ports.records, job.itemId, 'initialCopyDone');
  });
  await jobLedger(ports.records, ports.clock, ports.events).finish(job, outcomeOf(step));
  if (following === undefined || step.state !== 'done') return null;
  return nextJob(ports, job, following);
}

function outcomeOf(step: Awaited<ReturnType<typeof runStep>>): JobOutcome {
  if (step.state === 'done') return { state: 'Succeeded' };
  return step.state === 'refused' ? { state: 'Failed', error: step.error } : { state: 'Cancelled' };
}

/** Writes the next job down; the orchestration that asked starts it as its own part. */
async function nextJob(
  ports: ProtectionPorts,
  job: FinalizeProtection,
  kind: FinalizeKind,
): Promise<FinalizeProtection | null> {
  const jobId = await claimJob(ports, job.itemId, kind);
  if (jobId === undefined) return null;
  const item = await requireItem(ports.records, job.itemId);
  const following = newJob({ itemId: job.itemId, item, kind, jobId });
  await jobLedger(ports.records, ports.clock, ports.events).begin(following);
  return { ...job, jobId, kind };
}
