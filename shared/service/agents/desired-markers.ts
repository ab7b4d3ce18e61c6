import type { DesiredMarkers, DesiredReplica } from '../../contracts/agent/desired';
import type { ItemWish } from '../../contracts/agents/agent-wish';
import type { GroupMember, WishedGroup } from '../../contracts/agents/consistency-group';

/** True for a replica whose stream goes on. */
export function isFed({ mode }: DesiredReplica): boolean {
  return mode === 'copy' || mode === 'resync' || mode === 'continue';
}

/** The disks that hold a machine's own markers: one that joins them later cuts alone until it has been copied. */
export function cutsOf({ replicas, joining = [] }: ItemWish): { together: string[]; alone: string[] } {
  const fed = replicas.filter(isFed).map(({ replicaId }) => replicaId);
  return {
    together: fed.filter((replicaId) => !joining.includes(replicaId)).toSorted(),
    alone: fed.filter((replicaId) => joining.includes(replicaId)),
  };
}

/** What one agent is to cut together: the disks of each machine, or those of all machines of its group. */
export function markersOf(items: readonly ItemWish[]): DesiredMarkers[] {
  const groups = new Map<string, ItemWish[]>();
  const markers: DesiredMarkers[] = [];
  for (const item of items) {
    const { together, alone } = cutsOf(item);
    const groupId = groupOf(item, together)?.groupId;
    if (groupId !== undefined) groups.set(groupId, [...(groups.get(groupId) ?? []), item]);
    else if (together.length > 0) markers.push({ ...paceOf([item]), members: together });
    for (const replicaId of alone) markers.push({ ...paceOf([item]), members: [replicaId] });
  }
  return [...markers, ...[...groups.values()].map(groupMarkers)];
}

/** The group that a machine cuts with. Where it is told of other disks than it feeds it cuts alone, until it is told anew. */
function groupOf(
  { itemId, group, isSettled }: ItemWish,
  together: readonly string[],
): WishedGroup | undefined {
  const own = group?.members.find((member) => member.itemId === itemId);
  return isSettled && own?.replicaIds.join() === together.join() ? group : undefined;
}

function groupMarkers(items: readonly ItemWish[]): DesiredMarkers {
  const [item] = items;
  const { groupId = '', members = [] } = item?.group ?? {};
  const [coordinator] = members.filter(({ endpoint }) => endpoint !== undefined);
  const agents = new Map(members.map(({ agentId, publicKey }) => [agentId, { agentId, publicKey }]));
  if (agents.size === 1 || coordinator?.endpoint === undefined) {
    return { ...paceOf(items), members: items.flatMap((each) => cutsOf(each).together).toSorted() };
  }
  const first = agents.get(coordinator.agentId);
  const others = [...agents.values()].filter(({ agentId }) => agentId !== coordinator.agentId);
  const { host, port } = coordinator.endpoint;
  return {
    ...paceOf(members),
    members: members.flatMap(({ replicaIds }) => replicaIds).toSorted(),
    group: {
      groupId,
      coordinator: host,
      port,
      members: [...(first === undefined ? [] : [first]), ...others],
    },
  };
}

type Pace = Pick<GroupMember, 'crashIntervalInMs' | 'appIntervalInMs'> & { readonly cutNow?: number };

/** As often as the one that wants it most. */
function paceOf(all: readonly Pace[]): Omit<DesiredMarkers, 'members'> {
  const apps = all.flatMap(({ appIntervalInMs }) => appIntervalInMs ?? []);
  return {
    crashIntervalInMs: Math.min(...all.map(({ crashIntervalInMs }) => crashIntervalInMs)),
    cutNow: all.reduce((sum, { cutNow = 0 }) => sum + cutNow, 0),
    ...(apps.length === 0 ? {} : { appIntervalInMs: Math.min(...apps) }),
  };
}
