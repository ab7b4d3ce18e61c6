import { present } from '../../../assert';
import type { OtherSide } from '../../../contracts/catalogue/other-side';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { isRefusal, LifeboatError } from '../../../errors';
import { uuidOf } from '../../agents/agent-records';
import { readResource } from '../../catalogue/resources';
import { readItem, vaultIdOf } from '../../protection/item-records';
import { policyOf, replicaPolicyOf } from '../../protection/policy-of';
import { keeperForReturn, otherSideOf, processServerBeside } from '../../sites/servers-for-return';
import type { FailoverPorts } from '../failover-ports';
import { changeRecoveries, heldItem, recoveriesOf } from '../recovery-records';
import { leftAgentsOf } from './alternate-home';
import { agentAtTarget, feedFrom } from './turn-item';

/** True for an item that replicates between two sites of its user's own: a master target keeps what it recovers to. */
export function isBetweenSites({ keeperId }: ProtectedItem): boolean {
  return keeperId !== undefined;
}

/** True once the machine that a failover made is the source: there is nothing left to turn. */
export function hasTurned(item: ProtectedItem): boolean {
  return recoveriesOf(item).real === undefined;
}

/** What turning needs at both sites: an agent beside the machine, a master target where it came from, what the request names. */
export async function checkSites(ports: FailoverPorts, job: FailoverJob, item: ProtectedItem): Promise<void> {
  if (hasTurned(item)) return;
  const { itemId } = job;
  await agentAtTarget(ports, { itemId, item }, recoveriesOf(item).real);
  const { masterTargetId: name, processServerId } = namedIn(job);
  await keeperForReturn(ports, { itemId, item, name });
  const keeperId = present(item.keeperId, 'the keeper of the replicas');
  if (processServerId !== undefined)
    await processServerBeside(ports, itemId, { keeperId, name: processServerId });
  const policyId = policyNamed(job);
  if (policyId === undefined || (await readResource(ports.records, policyId)) !== undefined) return;
  throw new LifeboatError('FailbackPrerequisiteMissing', `The failback policy "${policyId}" is not there.`, {
    target: policyId,
  });
}

/**
 * The item with the machine that its failover made as its source, and with replicas at the site that it came from: those
 * of before, where that master target keeps them still. Safe to repeat.
 */
export async function turnedBetweenSites(
  ports: FailoverPorts,
  job: FailoverJob,
  { item, ownerId }: { readonly item: ProtectedItem; readonly ownerId: string },
): Promise<Partial<ProtectedItem>> {
  const { itemId } = job;
  const { real } = recoveriesOf(item);
  const source = await agentAtTarget(ports, { itemId, item }, real);
  const named = namedIn(job);
  const keeperId = await keeperForReturn(ports, { itemId, item, name: named.masterTargetId });
  const policyId = policyNamed(job) ?? item.policyId;
  const disks = await disksAt(ports, job, { keeperId, item: { ...item, policyId }, ownerId });
  const keptBy = present(item.keeperId, 'the keeper of the replicas');
  await sendThrough(ports, { itemId, job, keeperId: keptBy }, source.agentId);
  const otherSide: OtherSide = {
    keeperId: keptBy,
    replicaIds: Object.fromEntries(item.disks.map(({ id, replicaId }) => [id, replicaId])),
  };
  const { machine, agentId, providerId } = source;
  return {
    ...{ disks, keeperId, otherSide, policyId, agentId, providerId },
    ...{ sourceMachineId: machine.machineId, protectableItemId: undefined },
    ...{ leftAgentIds: [...new Set([...leftAgentsOf(item), ...textsOf(item['agentId'])])] },
    ...{ isTurned: item['isTurned'] !== true, turnedBy: job.jobId, finalizeJobs: undefined },
    ...{ initialCopyPercent: 0, newestPoints: undefined, pointsComparedAtInMs: 0 },
    enabledWith: { ...item.enabledWith, ...named },
  };
}

/** The disks with their replicas at this master target: made there, unless they are there. Those that it takes the place of go. */
async function disksAt(
  ports: FailoverPorts,
  { jobId }: FailoverJob,
  {
    keeperId,
    item,
    ownerId,
  }: { readonly keeperId: string; readonly item: ProtectedItem; readonly ownerId: string },
): Promise<ProtectedItem['disks']> {
  const policy = replicaPolicyOf(await policyOf(ports.records, item.policyId));
  const before = otherSideOf(item);
  const disks: ProtectedItem['disks'] = [];
  for (const disk of item.disks) {
    const known = before?.keeperId === keeperId ? before.replicaIds[disk.id] : undefined;
    const replicaId = known ?? madeBy(jobId, disk.replicaId);
    const { sizeBytes } = disk;
    const there = await ports.replicas.read(replicaId);
    if (there === undefined) {
      await ports.replicas.create({ replicaId, sizeBytes, ownerId, policy, keeper: keeperId });
    } else if (there.ownerId !== ownerId) await ports.replicas.setOwner(replicaId, ownerId);
    disks.push({ ...disk, replicaId, copiedPercent: 0, pendingBytes: 0 });
  }
  if (before !== undefined && before.keeperId !== keeperId) await removeReplicas(ports, before, jobId);
  return disks;
}

function madeBy(jobId: string, replicaId: string): string {
  return uuidOf('replica at the other site', jobId, replicaId);
}

/** What a turn that failed has had made at the other site, and nothing came to use: the next turn makes its own. Safe to repeat. */
export async function forgetUnused(
  { records, replicas }: Pick<FailoverPorts, 'records' | 'replicas'>,
  { jobId, newItemId }: FailoverJob,
  item: ProtectedItem,
): Promise<void> {
  if (newItemId !== undefined && (await readItem(records, newItemId)) !== undefined) return;
  for (const disk of item.disks) {
    const replicaId = madeBy(jobId, disk.replicaId);
    if ((await replicas.read(replicaId)) !== undefined) await replicas.remove(replicaId, jobId);
  }
}

/** Turns the item where it is. What it ran on until it was failed over stays as it is. */
export async function turnInPlace(ports: FailoverPorts, job: FailoverJob): Promise<void> {
  const item = await heldItem(ports.records, job);
  if (hasTurned(item)) return;
  const turned = await turnedBetweenSites(ports, job, { item, ownerId: job.itemId });
  await changeRecoveries(ports.records, job, ({ real, ...others }) =>
    real === undefined ? {} : { ...turned, recoveries: { ...others, away: real } },
  );
}

/** What the agent beside the machine sends goes through the process server that the request names, if it names one. */
async function sendThrough(
  ports: FailoverPorts,
  {
    itemId,
    job,
    keeperId,
  }: { readonly itemId: string; readonly job: FailoverJob; readonly keeperId: string },
  agentId: string,
): Promise<void> {
  const { processServerId: name } = namedIn(job);
  const processServer =
    name === undefined ? undefined : await processServerBeside(ports, itemId, { keeperId, name });
  await ports.board.change(agentId, ({ processServer: _, ...wish }) => ({
    ...wish,
    ...(processServer === undefined ? {} : { processServer }),
  }));
}

/**
 * After a planned failover between two sites the machine is protected: replication turns round with the commit, if all is
 * there for it. What is missing is found by whoever asks for the turn.
 */
export async function turnAfterPlanned(ports: FailoverPorts, job: FailoverJob): Promise<void> {
  const item = await heldItem(ports.records, job);
  const isPlanned = recoveriesOf(item).real?.kind === 'planned' || item['turnedBy'] === job.jobId;
  if (!isBetweenSites(item) || !isPlanned) return;
  try {
    await checkSites(ports, job, item);
  } catch (error) {
    if (isRefusal(error, 'FailbackPrerequisiteMissing')) return;
    throw error;
  }
  await turnInPlace(ports, job);
  const turned = { itemId: job.itemId, item: await heldItem(ports.records, job) };
  const source = await agentAtTarget(ports, turned, recoveriesOf(turned.item).away);
  await feedFrom(ports, { ...turned, job: `${job.jobId}/reverse` }, source);
}

/** Nothing of the site that the item does not replicate to now is kept any longer. */
export async function forgetOtherSide(
  ports: Pick<FailoverPorts, 'replicas'>,
  item: ProtectedItem,
  job: string,
): Promise<void> {
  const otherSide = otherSideOf(item);
  if (otherSide !== undefined) await removeReplicas(ports, otherSide, job);
}

async function removeReplicas(
  { replicas }: Pick<FailoverPorts, 'replicas'>,
  { replicaIds }: OtherSide,
  job: string,
): Promise<void> {
  for (const replicaId of Object.values(replicaIds)) {
    if ((await replicas.read(replicaId)) !== undefined) await replicas.remove(replicaId, job);
  }
}

/** A policy is named by its id, or by its name in the vault. */
function policyNamed({ itemId, provider }: FailoverJob): string | undefined {
  const [name] = [...textsOf(provider?.['profileId']), ...textsOf(provider?.['policyId'])];
  if (name === undefined || name.startsWith('/')) return name;
  return `${vaultIdOf(itemId)}/replicationPolicies/${name}`;
}

/** The servers of sites that a request names. */
function namedIn({ provider }: FailoverJob): { masterTargetId?: string; processServerId?: string } {
  const [masterTargetId] = textsOf(provider?.['masterTargetId']);
  const [processServerId] = textsOf(provider?.['processServerId']);
  return {
    ...(masterTargetId === undefined ? {} : { masterTargetId }),
    ...(processServerId === undefined ? {} : { processServerId }),
  };
}

function textsOf(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}
