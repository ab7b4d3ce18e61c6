import { z } from 'zod';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Recovery } from '../../../contracts/catalogue/recovery';
import type { StepCall } from '../../../contracts/jobs/failover-steps';
import { isRefusal, LifeboatError } from '../../../errors';
import { isOfProcessed } from '../choose-point';
import { isPlanned } from '../check-failover';
import type { FailoverPorts } from '../failover-ports';
import { heldItem, noteRecovery, recoveryOf, remark } from '../recovery-records';
import { done, pause, type WorkEnd } from '../run-task-step';
import {
  askAgent,
  inMode,
  resultOf,
  sourceAgentOf,
  taskIdOf,
  wantOfItem,
  withdrawTasks,
} from './source-agent';
import { isOver } from './stop-source';

const lookAgainInMs = 30_000;
const drainAgainInMs = 2_000;
const latestPoints = 3;
const Sealed = z.looseObject({ sealed: z.record(z.string(), z.int().nonnegative()) });

/** What the source wrote until it stopped goes out under one last marker. */
export async function sealSource(ports: FailoverPorts, call: StepCall): Promise<WorkEnd> {
  const { job } = call;
  const item = await heldItem(ports.records, job);
  const recovery = await recoveryOf(ports.records, job);
  const agent = await sourceAgentOf(ports, { itemId: job.itemId, item });
  if (recovery.source !== 'stopped' || agent === undefined) return done;
  const result = resultOf(call, 'seal');
  if (result?.outcome === 'succeeded') {
    const { sealed } = Sealed.parse(result.output);
    await noteRecovery(ports.records, job, { sealed });
    return done;
  }
  if (result !== undefined || isOver(ports, call)) {
    await withdrawTasks(ports, agent.agentId, job.jobId);
    return without(ports, call, result?.message ?? 'The agent of the source did not answer in time.');
  }
  const parameters = { machineId: agent.machineId };
  await askAgent(ports, call, { agent, name: 'seal', kind: 'sealRemaining', parameters });
  return { state: 'waiting', taskIds: [taskIdOf(call, 'seal')], pauseInMs: lookAgainInMs };
}

async function without({ records }: FailoverPorts, { job }: StepCall, why: string): Promise<WorkEnd> {
  if (isPlanned(job)) throw new LifeboatError('SourceUnreachable', why, { target: job.itemId });
  await remark(records, job, `The last writes of the source are not in the point: ${why}`);
  return done;
}

/** Applies all that the cache holds, and waits for what the source is known to have sealed. */
export async function drainReplicas(ports: FailoverPorts, call: StepCall): Promise<WorkEnd> {
  const { job } = call;
  const item = await heldItem(ports.records, job);
  const recovery = await recoveryOf(ports.records, job);
  if (recovery.moment !== undefined || isOfProcessed(job)) return done;
  const missing = await behind(ports, item, recovery);
  if (missing === undefined) return done;
  if (!isOver(ports, call)) return pause(drainAgainInMs);
  if (isPlanned(job)) throw new LifeboatError('LastWritesMissing', missing, { target: job.itemId });
  await remark(ports.records, job, `Not all that was written is in the point: ${missing}`);
  return done;
}

/** What has not come through yet, in words; undefined when all has. */
async function behind(
  { replicas }: FailoverPorts,
  item: ProtectedItem,
  { sealed }: Recovery,
): Promise<string | undefined> {
  for (const { replicaId, name } of item.disks) {
    try {
      const { reached } = await replicas.drainNow(replicaId);
      const end = sealed?.[replicaId] ?? 0;
      if ((reached?.sequence ?? 0) < end)
        return `the disk "${name}" was sealed at ${end} and has not got there.`;
      const isTold = item.keeperId === undefined || end === 0 || (await hasPoint(replicas, replicaId, end));
      if (!isTold) return `the site has told of no point of the disk "${name}" since it was sealed.`;
    } catch (error) {
      if (isRefusal(error, 'NotFound')) throw error;
      return `the disk "${name}" could not be brought up to date (${String(error)}).`;
    }
  }
  return undefined;
}

/** A site opens whole points alone, and tells of each after what it has applied: true once it has told of one as late as this. */
async function hasPoint(
  replicas: FailoverPorts['replicas'],
  replicaId: string,
  sequence: number,
): Promise<boolean> {
  const epoch = (await replicas.read(replicaId))?.applied?.epoch;
  for (const { pointId } of await replicas.points(replicaId, latestPoints)) {
    const manifest = await replicas.point(pointId);
    const position = manifest?.members.find((member) => member.replicaId === replicaId)?.position;
    if (manifest?.state !== 'listed' || !position || position.epoch !== epoch) continue;
    if (position.sequence >= sequence) return true;
  }
  return false;
}

/** From here on no byte of the source's stream reaches the replicas, and the source, should it be there, writes nothing. */
export async function fenceReplicas(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  await noteRecovery(ports.records, job, { fencedAtInMs: ports.clock.now() });
  for (const { replicaId } of item.disks) {
    await ports.replicas.fence(replicaId, { reason: 'failover', job: job.jobId });
  }
  const agent = await sourceAgentOf(ports, { itemId: job.itemId, item });
  if (agent !== undefined) {
    await wantOfItem(ports, { agentId: agent.agentId, itemId: job.itemId }, (wish) => ({
      ...inMode(wish, 'readOnly'),
      isSettled: true,
    }));
  }
  return done;
}
