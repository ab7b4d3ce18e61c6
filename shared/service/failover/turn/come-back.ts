import type { StepCall } from '../../../contracts/jobs/failover-steps';
import { changeItem, requireItem } from '../../protection/item-records';
import { feederOf } from '../../protection/feeder-of';
import type { FailoverPorts } from '../failover-ports';
import { changeRecoveries, heldItem, recoveriesOf } from '../recovery-records';
import { homeOf } from '../route';
import { done, pause, type WorkEnd } from '../run-task-step';
import { inMode, wantOfItem } from '../source/source-agent';
import { siteTargetOf } from '../target/site-target';
import { alternateHome, arrivedElsewhere } from './alternate-home';
import { agentAtTarget, feedFrom, turnedHome, turnedToTarget, wantNothing } from './turn-item';

const syncAgainInMs = 5_000;

/** Coming back needs an agent on each side. What is missing is named before anything is touched. */
export async function checkFailback(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const { real, away } = recoveriesOf(item);
  await agentAtTarget(ports, { itemId: job.itemId, item }, away ?? real);
  if ((await alternateHome(ports.records, job, item)) === undefined) await siteTargetOf(ports, job, item);
  return done;
}

/** The recovered machine is the source from now on. What the item ran on stays until the way back is committed. */
export async function turnToTarget(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const { real, away } = recoveriesOf(item);
  const source = await agentAtTarget(ports, { itemId: job.itemId, item }, away ?? real);
  const turned = await turnedToTarget(ports, { itemId: job.itemId, item }, source);
  const chosen = await alternateHome(ports.records, job, item);
  const elsewhere = chosen && { machineId: chosen.machine.machineId, agentId: chosen.agentId };
  const home = { ...turned.home, ...(elsewhere && { elsewhere }) };
  await changeRecoveries(ports.records, job, (recoveries, current) => {
    if (homeOf(current) !== undefined) return {};
    const { real: left, ...others } = recoveries;
    return { ...turned, home, recoveries: { ...others, ...(left === undefined ? {} : { away: left }) } };
  });
  return done;
}

/** The source's agent, whichever side it is on now, sends what differs from the replicas. */
export async function startReverseStream(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const itemId = job.newItemId ?? job.itemId;
  const held = await heldItem(ports.records, job);
  const item = itemId === job.itemId ? held : await requireItem(ports.records, itemId);
  const { away, real } = recoveriesOf(item);
  const source =
    (await feederOf(ports.records, itemId, item)) ??
    (await agentAtTarget(ports, { itemId, item }, away ?? real));
  await feedFrom(ports, { itemId, item, job: `${job.jobId}/reverse` }, source);
  return done;
}

/** Until every disk has reached its first marker: from there on the replicas hold what the source holds. */
export async function awaitReverseStream(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  for (const { replicaId } of item.disks) {
    await ports.replicas.drainNow(replicaId);
    const record = await ports.replicas.read(replicaId);
    if (record?.copyingEpoch !== null) return pause(syncAgainInMs);
  }
  return done;
}

/** The machine runs at home again: its own agent feeds the replicas from now on, once it is asked to. */
export async function turnHome(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const agentId = item['agentId'];
  if (homeOf(item) !== undefined && typeof agentId === 'string') {
    await wantNothing(ports, agentId, job.itemId);
  }
  await changeItem(ports.records, job.itemId, (current) => ({
    ...turnedHome(current),
    ...arrivedElsewhere(current),
  }));
  return done;
}

/** The site's disks are to be written by the way back, and then by its guests: nothing of the old stream is wanted there. */
export async function freeHomeDisks(ports: FailoverPorts, { job }: StepCall): Promise<void> {
  const item = await heldItem(ports.records, job);
  const { agentId } = await siteTargetOf(ports, job, item);
  await wantOfItem(ports, { agentId, itemId: job.itemId }, (wish) => inMode(wish, 'stop'));
}
