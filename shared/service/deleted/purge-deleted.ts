import { DeletedItem } from '../../contracts/catalogue/deleted-item';
import { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { DeletedItemJob } from '../../contracts/jobs/deleted-item-jobs';
import type { JobOutcome } from '../../contracts/jobs/record';
import { everyResource, removeResource } from '../catalogue/resources';
import { jobLedger } from '../jobs/job-ledger';
import type { ProtectionPorts } from '../protection/protection-ports';
import { runStep } from '../protection/run-step';
import { readDeleted } from './deleted-records';
import { forgetDue } from './due-dates';
import { unpinSharedPoints } from './shared-points';

/** Removes a deleted item with everything of it. Can be killed anywhere and done again. */
export async function purgeDeleted(ports: ProtectionPorts, job: DeletedItemJob): Promise<JobOutcome> {
  const { records, clock, events } = ports;
  const step = await runStep(ports, { job, taskId: 'PurgeDeletedItemTask' }, async () => {
    const deleted = await readDeleted(records, job.deletedItemId);
    if (deleted !== undefined) await removeAll(ports, job, deleted);
  });
  const outcome: JobOutcome =
    step.state === 'refused'
      ? { state: 'Failed', error: step.error }
      : { state: step.state === 'done' ? 'Succeeded' : 'Cancelled' };
  await jobLedger(records, clock, events).finish(job, outcome);
  return outcome;
}

async function removeAll(
  ports: ProtectionPorts,
  { deletedItemId, vaultId, jobId }: DeletedItemJob,
  { item, purgeAtInMs }: DeletedItem,
): Promise<void> {
  const { records, replicas } = ports;
  await unpinSharedPoints(replicas, item);
  for (const { replicaId } of item.disks) await replicas.remove(replicaId, jobId);
  await forgetWish(ports, item);
  await removeAgent(ports, { vaultId, deletedItemId, item });
  await forgetDue(records, purgeAtInMs, deletedItemId);
  await removeResource(records, deletedItemId);
}

/** An agent that never came back is still asked to stop: of what is gone it need not. */
async function forgetWish({ board }: ProtectionPorts, item: ProtectedItem): Promise<void> {
  const agentId = item['agentId'];
  if (typeof agentId !== 'string') return;
  const gone = new Set(item.disks.map(({ replicaId }) => replicaId));
  await board.change(agentId, (wish) => ({
    ...wish,
    items: wish.items
      .map((each) => ({ ...each, replicas: each.replicas.filter(({ replicaId }) => !gone.has(replicaId)) }))
      .filter(({ replicas }) => replicas.length > 0),
  }));
}

/** The agent that protecting this machine installed goes with it, unless the machine was protected again: then it is that item's. */
async function removeAgent(
  { records, cloud }: ProtectionPorts,
  of: { readonly vaultId: string; readonly deletedItemId: string; readonly item: ProtectedItem },
): Promise<void> {
  const machineId = of.item.sourceMachineId?.toLowerCase();
  if (of.item['agentInstalledAtInMs'] === undefined || machineId === undefined) return;
  for await (const { resource } of everyResource(records, of.vaultId, 'replicationProtectedItems')) {
    if (ProtectedItem.parse(resource.properties).sourceMachineId?.toLowerCase() === machineId) return;
  }
  for await (const { resource } of everyResource(records, of.vaultId, 'deletedProtectedItems')) {
    const { item } = DeletedItem.parse(resource.properties);
    if (resource.id !== of.deletedItemId && item.sourceMachineId?.toLowerCase() === machineId) return;
  }
  await cloud?.()?.sources.removeAgent(of.item.sourceMachineId ?? machineId);
}
