import type { DesiredReplica } from '../../contracts/agent/desired';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Recovery } from '../../contracts/catalogue/recovery';
import type { FailoverJob, StepCall } from '../../contracts/jobs/failover-steps';
import type { FailoverPorts } from './failover-ports';
import { changeRecovery, heldItem, recoveriesOf, slotOf } from './recovery-records';
import { removeTarget } from './remove-target';
import { done, type WorkEnd } from './run-task-step';
import { sourceAgentOf, wantOfItem, withdrawTasks } from './source-agent';

/**
 * Back to where the failover began: nothing of it is left at the target, the source runs and replicates. Never a machine that
 * silently stopped replicating.
 */
export async function undoFailover(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const recovery = recoveriesOf(item)[slotOf(job)];
  if (recovery?.jobId !== job.jobId) return done;
  await removeTarget(ports, job, recovery);
  if (recovery.kind !== 'test') await resumeSource(ports, job, item, recovery);
  await changeRecovery(ports.records, job, () => undefined);
  return done;
}

async function resumeSource(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
  recovery: Recovery,
): Promise<void> {
  const agent = await sourceAgentOf(ports, { itemId: job.itemId, item });
  if (agent !== undefined) await withdrawTasks(ports, agent.agentId, job.jobId);
  if (recovery.fencedAtInMs !== undefined) await replicateAgain(ports, job, item);
  if (recovery.source !== 'stopped') return;
  if (item.scenario === 'A2A' && item.sourceMachineId !== undefined) {
    await ports.sources.start(item.sourceMachineId);
  } else if (agent !== undefined) {
    const task = { taskId: `${job.jobId}.start`, kind: 'startMachine' as const };
    await ports.board.change(agent.agentId, (wish) => ({
      ...wish,
      tasks: [...wish.tasks, { ...task, parameters: { machineId: agent.machineId } }],
    }));
  }
}

/** The streams begin anew on the replicas as they are: what differs is found by digests. */
export async function replicateAgain(
  ports: FailoverPorts,
  { jobId, itemId }: FailoverJob,
  item: ProtectedItem,
): Promise<void> {
  const started = new Map<string, Pick<DesiredReplica, 'epoch' | 'chainHead'>>();
  for (const { replicaId } of item.disks) {
    const request = { replicaId, kind: 'rebase', reason: 'failover undone', job: `${jobId}/resume` } as const;
    const { epoch, chainHead } = await ports.replicas.startEpoch(request);
    started.set(replicaId, { epoch, chainHead });
  }
  const agent = await sourceAgentOf(ports, { itemId, item });
  if (agent === undefined) return;
  await wantOfItem(ports, { agentId: agent.agentId, itemId }, (wish) => ({
    ...wish,
    isSettled: false,
    replicas: wish.replicas.map((replica) => ({
      ...replica,
      ...started.get(replica.replicaId),
      mode: 'resync',
    })),
  }));
}
