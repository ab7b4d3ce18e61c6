import type { DesiredReplica } from '../../contracts/agent/desired';
import type { ItemWish } from '../../contracts/agents/agent-wish';
import type { ProtectedDisk, ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { DeletedItemJob } from '../../contracts/jobs/deleted-item-jobs';
import type { JobOutcome } from '../../contracts/jobs/record';
import type { StepOutcome } from '../../contracts/protection/step';
import { LifeboatError } from '../../errors';
import { readResource, removeResource } from '../catalogue/resources';
import { jobLedger } from '../jobs/job-ledger';
import { removeItem } from '../jobs/settle-target';
import { ownerIdOf } from '../protection/enable/start-replication';
import { feederOf } from '../protection/feeder-of';
import { leaveGroup } from '../protection/group/change-group';
import { enrol } from '../protection/group/enrol';
import { changeItem, readItem, requireItem } from '../protection/item-records';
import { paceOf, policyOf, replicaPolicyOf } from '../protection/policy-of';
import type { ProtectionPorts } from '../protection/protection-ports';
import { runStep } from '../protection/run-step';
import { chooseServers } from '../sites/choose-servers';
import { checkLinks } from './check-undelete';
import { readDeleted, requireDeleted } from './deleted-records';
import { forgetDue } from './due-dates';
import { unlessGone } from './unless-gone';

/** Everything that must be so before anything is changed. An agent is not asked for: the machine may be what was lost. */
export async function checkUndelete(ports: ProtectionPorts, job: DeletedItemJob): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'UndeletePreflightChecksTask' }, async () => {
    const deleted = await requireDeleted(ports.records, job.deletedItemId);
    const item = await requireItem(ports.records, job.itemId);
    await checkLinks(ports.records, deleted);
    for (const { replicaId, name } of item.disks) {
      if ((await ports.replicas.read(replicaId)) !== undefined) continue;
      throw new LifeboatError('UndeleteBlocked', `The replica of the disk "${name}" is gone.`, {
        target: replicaId,
      });
    }
    const policy = await policyOf(ports.records, item.policyId);
    await enrol(ports, { itemId: job.itemId, item, policy });
  });
}

/** The replicas are the item's again, and its disks are compared with them: only what differs is sent. */
export async function restoreProtection(ports: ProtectionPorts, job: DeletedItemJob): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'RestoreProtectionTask' }, async () => {
    const { records, board } = ports;
    const { deletedAtInMs } = await requireDeleted(records, job.deletedItemId);
    const item = await requireItem(records, job.itemId);
    const policy = await policyOf(records, item.policyId);
    const feeder = await feederOf(records, job.itemId, item);
    const machineId = feeder?.machine.machineId ?? item.sourceMachineId ?? item.internalId;
    const pause = { fromMs: deletedAtInMs, untilMs: ports.clock.now() };
    const replicas: DesiredReplica[] = [];
    for (const disk of item.disks) {
      await wake(ports, { item, job, disk, pause });
      const { replicaId, id: diskId } = disk;
      const { epoch, chainHead } = await ports.replicas.startEpoch({
        ...{ replicaId, kind: 'rebase', reason: 'undeleted', job: job.jobId },
      });
      replicas.push({ replicaId, machineId, diskId, mode: 'resync', epoch, chainHead, mayCopy: true });
    }
    const agentId = feeder?.agentId ?? item['agentId'];
    if (typeof agentId !== 'string') return;
    const { processServer } = await chooseServers(ports, job.itemId, item);
    const wish: ItemWish = {
      ...{ itemId: job.itemId, replicas, joining: [], cutNow: 0, isSettled: false },
      ...paceOf(policy),
    };
    await board.change(agentId, (current) => ({
      ...current,
      ...(processServer === undefined ? {} : { processServer }),
      items: [...current.items.filter(({ itemId }) => itemId !== job.itemId), wish],
    }));
    await changeItem(records, job.itemId, () => ({
      ...{ agentId, initialCopyPercent: 0 },
      ...(feeder === undefined ? {} : { providerId: feeder.providerId }),
    }));
  });
}

/** Points from before so many deletions have long been pruned. */
const mostPauses = 64;

interface Waking {
  readonly item: ProtectedItem;
  readonly job: DeletedItemJob;
  readonly disk: ProtectedDisk;
  readonly pause: { readonly fromMs: number; readonly untilMs: number };
}

async function wake(
  { replicas, records }: ProtectionPorts,
  { item, job, disk, pause }: Waking,
): Promise<void> {
  const { replicaId } = disk;
  const record = await replicas.read(replicaId);
  const policy = replicaPolicyOf(await policyOf(records, item.policyId), record?.policy);
  const others = (policy.pauses ?? []).filter(({ fromMs }) => fromMs !== pause.fromMs);
  const pauses = [...others.slice(1 - mostPauses), pause];
  await replicas.setPolicy(replicaId, { ...policy, pauses });
  await replicas.setOwner(replicaId, ownerIdOf(job.itemId, item));
}

/** Ends the job. Where it failed the item is a deleted one as before. */
export async function endUndelete(
  ports: ProtectionPorts,
  { job, outcome }: { readonly job: DeletedItemJob; readonly outcome: JobOutcome },
): Promise<JobOutcome> {
  const { records, clock, events } = ports;
  if (outcome.state === 'Succeeded') {
    await changeItem(records, job.itemId, ({ hold }) =>
      hold?.jobId === job.jobId ? { hold: undefined, lastJob: hold } : undefined,
    );
    const deleted = await readDeleted(records, job.deletedItemId);
    // Points that it shares with others stay pinned until then: only those of its own have been spared the time.
    const isShared = deleted?.item.multiVmGroupName !== undefined;
    if (deleted !== undefined && !isShared) await forgetDue(records, deleted.purgeAtInMs, job.deletedItemId);
    await removeResource(records, job.deletedItemId);
  } else await layDown(ports, job);
  await jobLedger(records, clock, events).finish(job, outcome);
  return outcome;
}

/** Takes back whatever of an undeletion was done. */
async function layDown(
  ports: ProtectionPorts,
  { itemId, deletedItemId, jobId }: DeletedItemJob,
): Promise<void> {
  const { records, replicas, board } = ports;
  const item = await readItem(records, itemId);
  const stored = await readResource(records, itemId);
  if (item?.hold?.jobId !== jobId || stored === undefined) return;
  for (const { replicaId } of item.disks) {
    const record = await replicas.read(replicaId);
    if (record === undefined || record.ownerId === deletedItemId) continue;
    await unlessGone(replicas.fence(replicaId, { reason: 'undeleteFailed', job: jobId }));
    await unlessGone(replicas.setOwner(replicaId, deletedItemId));
  }
  await leaveGroup(ports, itemId, item);
  const agentId = item['agentId'];
  if (typeof agentId === 'string') {
    await board.change(agentId, (wish) => ({
      ...wish,
      items: wish.items.filter((each) => each.itemId !== itemId),
    }));
  }
  await removeItem(records, stored.resource);
}
