import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob, StepCall } from '../../../contracts/jobs/failover-steps';
import { present } from '../../../assert';
import { isRefusal, LifeboatError } from '../../../errors';
import { scenarios } from '../../../model/scenarios';
import { changeResource, createResource, readResource, requireResource } from '../../catalogue/resources';
import { feederOf } from '../../protection/feeder-of';
import { changeItem, readItem, requireItem } from '../../protection/item-records';
import { turnToTarget } from './come-back';
import type { FailoverPorts } from '../failover-ports';
import { heldItem, recoveriesOf } from '../recovery-records';
import { homeOf } from '../route';
import { done, type WorkEnd } from '../run-task-step';
import { siteTargetOf } from '../target/site-target';
import { inMode, wantOfItem } from '../source/source-agent';
import { checkSites, isBetweenSites, turnedBetweenSites, turnInPlace } from './turn-between-sites';
import { agentAtTarget, turnedHome, turnedToTarget, virtualMachineFor, wantNothing } from './turn-item';

/** What a request may name that must be there: the missing piece is said by name. */
const prerequisites = {
  processServerId: 'process server',
  masterTargetId: 'master target',
  reprotectAgentId: 'reprotect agent',
  policyId: 'failback policy',
  profileId: 'failback policy',
} as const;

/** Turning protection round needs an agent beside the machine that runs now, and all that the request names. */
export async function checkReprotect(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  await checkNamed(ports, job);
  await isReplacedAlready(ports, job);
  if (isBetweenSites(item)) {
    await checkSites(ports, job, item);
    return done;
  }
  const { real, away } = recoveriesOf(item);
  if (isGoingHome(item)) {
    const home = await siteTargetOf(ports, job, item);
    if (home.agentId !== '') return done;
  }
  const recovered = await agentAtTarget(ports, { itemId: job.itemId, item }, real ?? away);
  const physical = homeOf(item) === undefined ? await feederOf(ports.records, job.itemId, item) : undefined;
  if (physical?.machine.isPhysical === true) {
    await virtualMachineFor(ports.records, job.itemId, { physical, recovered });
  }
  return done;
}

async function checkNamed({ records }: FailoverPorts, { provider }: FailoverJob): Promise<void> {
  for (const [field, what] of Object.entries(prerequisites)) {
    const id = provider?.[field];
    if (typeof id !== 'string' || !id.startsWith('/')) continue;
    if ((await readResource(records, id)) !== undefined) continue;
    throw new LifeboatError('FailbackPrerequisiteMissing', `The ${what} "${id}" is not there.`, {
      target: id,
    });
  }
}

/** True when the machine runs at home again, and is to be replicated from there. */
function isGoingHome({ scenario, state }: ProtectedItem): boolean {
  if (scenario === 'HyperVReplicaAzure') return state === 'FailbackCommitted';
  return scenario === 'InMageRcmFailback' || scenario === 'InMage';
}

/** The item, or the one that replaces it, with its source on the other side. */
export async function reverseItem(ports: FailoverPorts, call: StepCall): Promise<WorkEnd> {
  const { job } = call;
  const item = await heldItem(ports.records, job);
  if (job.newItemId !== undefined) return replaceItem(ports, job, { item, newItemId: job.newItemId });
  if (isBetweenSites(item)) {
    await turnInPlace(ports, job);
    return done;
  }
  if (isGoingHome(item)) {
    const agentId = item['agentId'];
    if (homeOf(item) !== undefined && typeof agentId === 'string') {
      await wantNothing(ports, agentId, job.itemId);
    }
    await changeItem(ports.records, job.itemId, (current) => turnedHome(current));
    return done;
  }
  return turnToTarget(ports, call);
}

interface Replacing {
  readonly item: ProtectedItem;
  readonly newItemId: string;
}

/** A new item in place of the old one. Replicas and recovery points go with it; epochs begin first, so that no old point counts. */
async function replaceItem(
  ports: FailoverPorts,
  job: FailoverJob,
  { item, newItemId }: Replacing,
): Promise<WorkEnd> {
  for (const { replicaId } of isBetweenSites(item) ? [] : item.disks) {
    const request = { replicaId, kind: 'rebase', reason: 'reversed', job: `${job.jobId}/reverse` } as const;
    await ports.replicas.startEpoch(request);
  }
  if (!(await isReplacedAlready(ports, job))) await createReplacement(ports, job, { item, newItemId });
  for (const { replicaId } of item.disks) await ports.replicas.setOwner(replicaId, newItemId);
  await renameOldWish(ports, job, item, newItemId);
  const { protectableItemId } = await requireItem(ports.records, newItemId);
  if (protectableItemId !== undefined) {
    await changeResource(ports.records, protectableItemId, (machine) => ({
      ...machine,
      properties: { ...machine.properties, protectedItemId: newItemId },
    }));
  }
  return done;
}

/** True where an earlier turn that failed late has left the new item. Refuses where another has its name. */
async function isReplacedAlready(
  { records }: Pick<FailoverPorts, 'records'>,
  { itemId, newItemId }: FailoverJob,
): Promise<boolean> {
  const there = newItemId === undefined ? undefined : await readItem(records, newItemId);
  if (there === undefined || newItemId === undefined) return false;
  if (there['replaces'] === itemId) return true;
  throw new LifeboatError(
    'Conflict',
    `The item "${newItemId.split('/').at(-1) ?? ''}" is there already: it has the name that this one takes when it turns round.`,
    { target: newItemId },
  );
}

async function createReplacement(
  ports: FailoverPorts,
  job: FailoverJob,
  replacing: Replacing,
): Promise<void> {
  const { newItemId } = replacing;
  const old = await requireResource(ports.records, job.itemId);
  const name = newItemId.split('/').at(-1) ?? '';
  const properties = { ...(await replacement(ports, job, replacing)) };
  try {
    await createResource(ports.records, { ...old.resource, id: newItemId, name, properties });
  } catch (error) {
    if (!isRefusal(error, 'Conflict') || !(await isReplacedAlready(ports, job))) throw error;
  }
}

async function replacement(
  ports: FailoverPorts,
  job: FailoverJob,
  { item, newItemId }: Replacing,
): Promise<ProtectedItem> {
  if (isBetweenSites(item)) return replacementBetweenSites(ports, job, { item, newItemId });
  const scenario = present(scenarios[item.scenario].turnsInto?.[verbOf(job)], 'what the item turns into');
  const { hold: _hold, lastJob: _lastJob, failoverRecoveryPointId: _point, ...kept } = item;
  const provider = job.provider ?? {};
  const named = [provider['policyId'], provider['profileId']].find(
    (id): id is string => typeof id === 'string' && id.startsWith('/'),
  );
  const policyId = named ?? (await failbackPolicyOf(ports, item));
  return {
    ...kept,
    ...(await sourceOf(ports, job, item)),
    ...{ scenario, instanceType: scenario, state: scenarios[scenario].initial, testFailover: 'None' },
    ...{ initialCopyPercent: 0, finalizeJobs: undefined, newestPoints: undefined, replaces: job.itemId },
    ...(policyId === undefined ? {} : { policyId }),
  };
}

/** Between two sites a machine replicates both ways in the same way. */
async function replacementBetweenSites(
  ports: FailoverPorts,
  job: FailoverJob,
  { item, newItemId }: Replacing,
): Promise<ProtectedItem> {
  const { hold: _hold, lastJob: _lastJob, failoverRecoveryPointId: _point, ...kept } = item;
  const turned = await turnedBetweenSites(ports, job, { item, ownerId: newItemId });
  const { initial } = scenarios[item.scenario];
  const recoveries = { away: recoveriesOf(item).real };
  return { ...kept, ...turned, recoveries, state: initial, testFailover: 'None', replaces: job.itemId };
}

/** The policy that was made with the item's own, for its way home. */
async function failbackPolicyOf(
  { records }: FailoverPorts,
  { policyId }: ProtectedItem,
): Promise<string | undefined> {
  return (await readResource(records, `${policyId}-failback`))?.resource.id;
}

function verbOf({ verb }: FailoverJob): 'reprotect' | 'switchProtection' {
  return verb === 'switchProtection' ? 'switchProtection' : 'reprotect';
}

/** Between regions each side is a cloud of its own; a machine of a site keeps in mind where it came from. */
async function sourceOf(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
): Promise<Partial<ProtectedItem>> {
  const { itemId } = job;
  if (item.scenario === 'InMage' && homeOf(item) !== undefined) {
    return { ...turnedHome(item), recoveries: {} };
  }
  const { real } = recoveriesOf(item);
  const source = await agentAtTarget(ports, { itemId, item }, real);
  if (item.scenario !== 'A2A') {
    const turned = await turnedToTarget(ports, { itemId, item }, source);
    return { ...turned, recoveries: { away: real } };
  }
  const container = itemId.split('/').slice(0, -2).join('/');
  return {
    sourceMachineId: source.machine.machineId,
    ...{ agentId: source.agentId, recoveries: {}, priorMachineId: item.sourceMachineId },
    ...{ recoveryContainerId: container, recoveryFabricId: container.split('/').slice(0, -2).join('/') },
    ...{ enabledWith: await backTo(ports, item, job), target: {} },
  };
}

/** The way back leads to where the old machine was, but for what the request says. */
async function backTo(
  { sources }: FailoverPorts,
  item: ProtectedItem,
  { provider }: FailoverJob,
): Promise<Record<string, unknown>> {
  const prior = item.sourceMachineId ?? '';
  const [card] = (await sources.read(prior))?.nics ?? [];
  return {
    ...item.enabledWith,
    ...(prior.startsWith('/') ? { recoveryResourceGroupId: prior.split('/').slice(0, 5).join('/') } : {}),
    ...(card === undefined
      ? {}
      : { recoveryAzureNetworkId: card.networkId, recoverySubnetName: card.subnet }),
    ...provider,
  };
}

/** The old source stays read-only under the new item's name, so that it can be asked for again. */
async function renameOldWish(
  ports: FailoverPorts,
  { itemId }: FailoverJob,
  item: ProtectedItem,
  newItemId: string,
): Promise<void> {
  const feeder = await feederOf(ports.records, itemId, item);
  const agentId = feeder?.agentId ?? item['agentId'];
  if (typeof agentId !== 'string') return;
  await wantOfItem(ports, { agentId, itemId }, (wish) => ({
    ...inMode(wish, 'readOnly'),
    itemId: newItemId,
  }));
}
