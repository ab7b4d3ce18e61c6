import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Recovery } from '../../../contracts/catalogue/recovery';
import type { FailoverJob, StepCall } from '../../../contracts/jobs/failover-steps';
import { present } from '../../../assert';
import { changeItem, requireItem } from '../../protection/item-records';
import { feederOf } from '../../protection/feeder-of';
import type { FailoverPorts } from '../failover-ports';
import { changeRecoveries, changeRecovery, heldItem, recoveriesOf, slotOf } from '../recovery-records';
import { removeTarget } from '../target/remove-target';
import { cloudSourceOf, homeOf, routeOf } from '../route';
import { done, type WorkEnd } from '../run-task-step';
import { siteTargetOf } from '../target/site-target';
import { inMode, sourceAgentOf, wantOfItem, withdrawTasks } from '../source/source-agent';
import { feedFrom, turnedHome } from './turn-item';

/**
 * Back to where the failover began: nothing of it is left at the target, the source runs and replicates. Never a machine that
 * silently stopped replicating.
 */
export async function undoFailover(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const recovery = recoveriesOf(item)[slotOf(job)];
  if (recovery?.jobId === job.jobId) {
    await removeTarget(ports, job, recovery);
    if (slotOf(job) === 'real') await resumeSource(ports, job, { item, recovery });
    await changeRecovery(ports.records, job, () => undefined);
  }
  if (job.verb === 'failback') await stayAway(ports, job);
  return done;
}

/** The same for a failover that has ended and was not committed. None is left once this was done. */
export async function cancelFailover(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const { real } = recoveriesOf(item);
  if (real === undefined) return done;
  await removeTarget(ports, job, real);
  await resumeSource(ports, job, { item, recovery: real });
  await changeRecovery(ports.records, job, () => undefined);
  return done;
}

interface Undone {
  readonly item: ProtectedItem;
  readonly recovery: Recovery;
}

async function resumeSource(
  ports: FailoverPorts,
  job: FailoverJob,
  { item, recovery }: Undone,
): Promise<void> {
  if (routeOf(item).to === 'site' && item.keeperId === undefined)
    await stopAtSite(ports, job, item, recovery);
  const agent = await sourceAgentOf(ports, { itemId: job.itemId, item });
  for (const agentId of new Set(agent === undefined ? [] : [agent.agentId, agent.hostAgentId])) {
    await withdrawTasks(ports, agentId, recovery.jobId);
  }
  if (recovery.fencedAtInMs !== undefined) await replicateAgain(ports, job, item);
  if (recovery.source !== 'stopped') return;
  const cloudMachineId = routeOf(item).from === 'cloud' ? cloudSourceOf(item) : undefined;
  if (cloudMachineId !== undefined) await ports.sources.start(cloudMachineId);
  else if (agent !== undefined) {
    await wantTask(ports, agent.hostAgentId, `${job.jobId}.start`, {
      kind: 'startMachine',
      machineId: agent.machineId,
    });
  }
}

/** The machine at the site must not run beside its source, and its disks take no writes. */
async function stopAtSite(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
  recovery: Recovery,
): Promise<void> {
  const { agentId, machine, hostAgentId = agentId } = await siteTargetOf(ports, job, item);
  for (const each of new Set([agentId, hostAgentId])) await withdrawTasks(ports, each, recovery.jobId);
  const { machineId } = machine;
  if (recovery.machine !== undefined) {
    await wantTask(ports, hostAgentId, `${job.jobId}.stop`, { kind: 'shutDownMachine', machineId });
  }
  await wantOfItem(ports, { agentId, itemId: job.itemId }, (wish) => inMode(wish, 'readOnly'));
}

async function wantTask(
  { board }: FailoverPorts,
  agentId: string,
  taskId: string,
  { kind, machineId }: { readonly kind: 'startMachine' | 'shutDownMachine'; readonly machineId: string },
): Promise<void> {
  await board.change(agentId, (wish) =>
    wish.tasks.some((task) => task.taskId === taskId)
      ? wish
      : { ...wish, tasks: [...wish.tasks, { taskId, kind, parameters: { machineId } }] },
  );
}

/** The streams begin anew on the replicas as they are: what differs is found by digests. */
async function replicateAgain(ports: FailoverPorts, job: FailoverJob, item: ProtectedItem): Promise<void> {
  const { itemId } = job;
  const resume = `${job.jobId}/resume`;
  const feeder = await feederOf(ports.records, itemId, item);
  if (feeder !== undefined) return feedFrom(ports, { itemId, item, job: resume }, feeder);
  // Nobody to ask now: the epochs wait for the agent, and what it is wanted to do is on its board.
  const started = new Map<string, { epoch: number; chainHead: string }>();
  for (const { replicaId } of item.disks) {
    const request = { replicaId, kind: 'rebase', reason: 'failover undone', job: resume } as const;
    const { epoch, chainHead } = await ports.replicas.startEpoch(request);
    started.set(replicaId, { epoch, chainHead });
  }
  const agent = await sourceAgentOf(ports, { itemId, item });
  if (agent === undefined) return;
  await wantOfItem(ports, { agentId: agent.agentId, itemId }, (wish) => ({
    ...inMode(wish, 'resync'),
    isSettled: false,
    replicas: wish.replicas.map((replica) => ({
      ...replica,
      ...present(started.get(replica.replicaId), 'an epoch'),
      mode: 'resync',
    })),
  }));
}

/** A way back that was not gone: the item runs on what it ran on before, and replicates nowhere, as before. */
async function stayAway(ports: FailoverPorts, job: FailoverJob): Promise<void> {
  const item = await requireItem(ports.records, job.itemId);
  const agentId = item['agentId'];
  if (homeOf(item) === undefined) return;
  // Told to stop, not forgotten: an agent goes on keeping disks read-only that nobody says anything of any more.
  if (typeof agentId === 'string') {
    await wantOfItem(ports, { agentId, itemId: job.itemId }, (wish) => inMode(wish, 'stop'));
  }
  for (const { replicaId } of item.disks) {
    await ports.replicas.fence(replicaId, { reason: 'failback undone', job: `${job.jobId}/undone` });
  }
  await changeRecoveries(ports.records, job, ({ away, ...others }) => ({
    recoveries: { ...others, ...(away === undefined ? {} : { real: away }) },
  }));
  await changeItem(ports.records, job.itemId, (current) => turnedHome(current));
}
