import { present } from '../../../assert';
import type { DesiredReplica } from '../../../contracts/agent/desired';
import type { ReportedDisk } from '../../../contracts/agent/report';
import type { ItemWish } from '../../../contracts/agents/agent-wish';
import type { KnownMachine } from '../../../contracts/agents/known-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Home, Recovery } from '../../../contracts/catalogue/recovery';
import { LifeboatError } from '../../../errors';
import type { Records } from '../../../ports/records';
import { findMachine, findVirtualMachine } from '../../agents/known-machines';
import { fabricIdOf } from '../../protection/item-records';
import { feederOf } from '../../protection/feeder-of';
import { policyOf } from '../../protection/policy-of';
import type { FailoverPorts } from '../failover-ports';
import { homeOf } from '../route';

interface NamedItem {
  readonly itemId: string;
  readonly item: ProtectedItem;
}

/** The agent that speaks for a recovered machine: it is heard in the fabric of the item, or in the one recovered to. */
export async function agentAtTarget(
  { records }: Pick<FailoverPorts, 'records'>,
  { itemId, item }: NamedItem,
  recovery: Recovery | undefined,
): Promise<KnownMachine> {
  const machineId = recovery?.machine?.id ?? item.sourceMachineId;
  const fabrics = [fabricIdOf(itemId), item.recoveryFabricId ?? ''].filter((id) => id.includes('/'));
  for (const fabricId of fabrics) {
    const known = machineId === undefined ? undefined : await findMachine(records, fabricId, machineId);
    if (known !== undefined) return known;
  }
  throw new LifeboatError(
    'FailbackPrerequisiteMissing',
    `No agent speaks for the recovered machine "${recovery?.machine?.name ?? item.friendlyName}": install one in it and register it in the fabric ${fabrics.join(' or ')}.`,
    { target: machineId ?? itemId },
  );
}

/** An item whose source is the recovered machine from now on. Safe to repeat. */
export async function turnedToTarget(
  { records }: Pick<FailoverPorts, 'records'>,
  { itemId, item }: NamedItem,
  source: KnownMachine,
): Promise<Partial<ProtectedItem> & { home: Home }> {
  const known = homeOf(item);
  const feeder = known === undefined ? await feederOf(records, itemId, item) : undefined;
  const { enabledWith, policyId } = item;
  const home: Home = known ?? {
    ...{ enabledWith, policyId },
    ...(await placeAtHome(records, { itemId, item }, { feeder, recovered: source })),
  };
  const { machineId } = source.machine;
  return { home, sourceMachineId: machineId, agentId: source.agentId, protectableItemId: undefined };
}

type PlaceAtHome = Pick<Home, 'machineId' | 'agentId' | 'sourceMachineId' | 'protectableItemId'>;

/** The machine to come back to: the one that the item came from, or where that is a physical one, its virtual stand-in. */
async function placeAtHome(
  records: Records,
  { itemId, item }: NamedItem,
  { feeder, recovered }: { readonly feeder: KnownMachine | undefined; readonly recovered: KnownMachine },
): Promise<PlaceAtHome> {
  if (feeder?.machine.isPhysical === true) {
    const between = { physical: feeder, recovered };
    const { agentId, machine } = await virtualMachineFor(records, itemId, between);
    return { agentId, machineId: machine.machineId, sourceMachineId: machine.machineId };
  }
  const { protectableItemId, sourceMachineId } = item;
  const agentId = feeder?.agentId ?? textOf(item['agentId']);
  return {
    machineId: feeder?.machine.machineId ?? sourceMachineId ?? item.internalId,
    ...(protectableItemId === undefined ? {} : { protectableItemId }),
    ...(sourceMachineId === undefined ? {} : { sourceMachineId }),
    ...(agentId === undefined ? {} : { agentId }),
  };
}

/** A physical machine comes back as a virtual machine of its name, which an agent of its site speaks for. */
export async function virtualMachineFor(
  records: Records,
  itemId: string,
  { physical, recovered }: { readonly physical: KnownMachine; readonly recovered: KnownMachine },
): Promise<KnownMachine> {
  const { name, machineId } = physical.machine;
  // The agent of the machine in the cloud is heard at the same site, under the same name.
  const otherThan = recovered.machine.machineId;
  const known = await findVirtualMachine(records, fabricIdOf(itemId), { name, otherThan });
  if (known !== undefined) return known;
  throw new LifeboatError(
    'FailbackPrerequisiteMissing',
    `"${name}" is a physical machine, which nothing is recovered to: make a VMware machine of this name with disks of these sizes and an agent, and it comes back as that.`,
    { target: machineId },
  );
}

/** The same item with the source that it had at home. */
export function turnedHome(item: ProtectedItem): Partial<ProtectedItem> {
  const home = homeOf(item);
  if (home === undefined) return {};
  const { protectableItemId, sourceMachineId, agentId, enabledWith, policyId } = home;
  return { ...{ home: undefined, protectableItemId, sourceMachineId, agentId, enabledWith, policyId } };
}

/** Begins new epochs of an item's replicas and wants them of the agent of its source: only what differs is sent. */
export async function feedFrom(
  ports: FailoverPorts,
  { itemId, item, job }: NamedItem & { readonly job: string },
  source: KnownMachine,
): Promise<void> {
  const { crashIntervalInMs, appIntervalInMs } = await policyOf(ports.records, item.policyId);
  const replicas: DesiredReplica[] = [];
  for (const [index, { replicaId, id }] of item.disks.entries()) {
    const request = { replicaId, kind: 'rebase', reason: 'reversed', job } as const;
    const { epoch, chainHead } = await ports.replicas.startEpoch(request);
    const { machineId, disks } = source.machine;
    const diskId = present(matching(disks, id, index), `the disk of ${id}`).diskId;
    replicas.push({ replicaId, machineId, diskId, mode: 'resync', epoch, chainHead, mayCopy: true });
  }
  const wish: ItemWish = {
    ...{ itemId, replicas, crashIntervalInMs, cutNow: 0, isSettled: false },
    ...(appIntervalInMs === undefined ? {} : { appIntervalInMs }),
  };
  await ports.board.change(source.agentId, (current) => ({
    ...current,
    items: [...current.items.filter((each) => each.itemId !== itemId), wish],
  }));
}

/** Nothing is wanted of this agent's streams of the item any more. */
export async function wantNothing(
  { board }: Pick<FailoverPorts, 'board'>,
  agentId: string,
  itemId: string,
): Promise<void> {
  await board.change(agentId, (wish) => ({
    ...wish,
    items: wish.items.filter((each) => each.itemId !== itemId),
  }));
}

/** The recovered machine's disk that came from this one: by name, or else by its place. */
function matching(disks: readonly ReportedDisk[], id: string, index: number): ReportedDisk | undefined {
  return disks.find(({ diskId }) => diskId.toLowerCase() === id.toLowerCase()) ?? disks[index];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
