import type { AgentWish, ItemWish } from '../../contracts/agents/agent-wish';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { DisableProtection, PlainItemJob } from '../../contracts/jobs/item-jobs';
import type { JobOutcome } from '../../contracts/jobs/record';
import type { StepOutcome } from '../../contracts/protection/step';
import { keepDeleted } from '../deleted/keep-deleted';
import { unpinSharedPoints } from '../deleted/shared-points';
import { jobLedger } from '../jobs/job-ledger';
import { feederOf } from './feeder-of';
import { leaveGroup } from './group/change-group';
import { readItem, requireItem } from './item-records';
import type { ProtectionPorts } from './protection-ports';
import { runStep } from './run-step';

/** Whether an agent has to be waited for. */
export interface Stopping {
  readonly outcome: StepOutcome;
  readonly awaitsAgent: boolean;
}

export async function checkDisable(ports: ProtectionPorts, job: DisableProtection): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'DisableProtectionPreflightChecksTask' }, async () => {
    await requireItem(ports.records, job.itemId);
  });
}

/** Fences every replica, and asks the agent to send nothing more and to forget what it kept for them. */
export async function stopReplication(ports: ProtectionPorts, job: DisableProtection): Promise<Stopping> {
  let awaitsAgent = false;
  const outcome = await runStep(ports, { job, taskId: 'DisableProtectionTask' }, async () => {
    const item = await requireItem(ports.records, job.itemId);
    const agentId = await agentOf(ports, job.itemId, item);
    await fenceAll(ports, item, job.jobId);
    await leaveGroup(ports, job.itemId, item);
    if (agentId === undefined) return;
    const wish = await ports.board.change(agentId, (current) =>
      withItem(current, job.itemId, (each) => stopped(each, job.jobId)),
    );
    awaitsAgent = wish.items.some(({ itemId }) => itemId === job.itemId);
  });
  return { outcome, awaitsAgent };
}

/** From here on nothing of the old streams reaches a replica. */
async function fenceAll({ replicas }: ProtectionPorts, { disks }: ProtectedItem, job: string): Promise<void> {
  for (const { replicaId } of disks) {
    if ((await replicas.read(replicaId)) === undefined) continue;
    await replicas.fence(replicaId, { reason: 'disable', job });
  }
}

/** The replicas with everything of them, and what the agent was wanted to do. In a vault with soft delete they are kept. */
export async function cleanUp(ports: ProtectionPorts, job: DisableProtection): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'CleanupProtectionTask' }, async () => {
    const item = await readItem(ports.records, job.itemId);
    if (item === undefined) return;
    const ending = { itemId: job.itemId, item, job: job.jobId };
    const isKept = job.reason !== 'MigrationComplete' && (await keepDeleted(ports, ending));
    if (isKept) await stopFeeding(ports, ending);
    else await forgetItem(ports, ending);
  });
}

interface Ending {
  readonly itemId: string;
  readonly item: ProtectedItem;
  readonly job: string;
}

/** Removes an item's replicas, and the wish for them. An agent that still feeds one learns it at its next call. */
export async function forgetItem(ports: ProtectionPorts, { itemId, item, job }: Ending): Promise<void> {
  await unpinSharedPoints(ports.replicas, item);
  for (const { replicaId } of item.disks) await ports.replicas.remove(replicaId, job);
  await leaveGroup(ports, itemId, item);
  if (item['agentInstalledAtInMs'] !== undefined && item.sourceMachineId !== undefined) {
    await ports.cloud?.()?.sources.removeAgent(item.sourceMachineId);
  }
  const agentId = await agentOf(ports, itemId, item);
  if (agentId === undefined) return;
  await ports.board.change(agentId, (current) => ({
    ...current,
    items: current.items.filter((each) => each.itemId !== itemId),
  }));
}

/**
 * Takes the replicas away without waiting for anybody, unless the vault keeps them; the agent is still told to stop, should it
 * come back.
 */
export async function purge(ports: ProtectionPorts, job: PlainItemJob): Promise<JobOutcome> {
  const step = await runStep(ports, { job, taskId: 'PurgeProtectionTask' }, async () => {
    const item = await readItem(ports.records, job.itemId);
    if (item === undefined) return;
    const ending = { itemId: job.itemId, item, job: job.jobId };
    const isKept = await keepDeleted(ports, ending);
    if (!isKept) {
      await unpinSharedPoints(ports.replicas, item);
      for (const { replicaId } of item.disks) await ports.replicas.remove(replicaId, job.jobId);
    }
    await stopFeeding(ports, ending);
  });
  const outcome: JobOutcome =
    step.state === 'refused' ? { state: 'Failed', error: step.error } : { state: 'Succeeded' };
  await jobLedger(ports.records, ports.clock, ports.events).finish(job, outcome);
  return outcome;
}

/** Asks the agent to stop, and waits for nobody: what it then reports as stopped is wanted no more. */
async function stopFeeding(ports: ProtectionPorts, { itemId, item }: Ending): Promise<void> {
  await leaveGroup(ports, itemId, item);
  const agentId = await agentOf(ports, itemId, item);
  if (agentId === undefined) return;
  await ports.board.change(agentId, (current) => withItem(current, itemId, (each) => stopped(each)));
}

/** The agent that was asked to feed the item. */
export async function agentOf(
  ports: ProtectionPorts,
  itemId: string,
  item: ProtectedItem,
): Promise<string | undefined> {
  const own = item['agentId'];
  if (typeof own === 'string') return own;
  return (await feederOf(ports.records, itemId, item))?.agentId;
}

function withItem(wish: AgentWish, itemId: string, how: (item: ItemWish) => ItemWish): AgentWish {
  return { ...wish, items: wish.items.map((item) => (item.itemId === itemId ? how(item) : item)) };
}

function stopped({ awaitedBy: _, ...item }: ItemWish, awaitedBy?: string): ItemWish {
  return {
    ...item,
    replicas: item.replicas.map((replica) => ({ ...replica, mode: 'stop' })),
    isSettled: false,
    ...(awaitedBy === undefined ? {} : { awaitedBy }),
  };
}
