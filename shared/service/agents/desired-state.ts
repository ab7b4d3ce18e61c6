import { createHash } from 'node:crypto';
import type { DesiredMarkers, DesiredReplica, DesiredState } from '../../contracts/agent/desired';
import type { AgentWish, ItemWish } from '../../contracts/agents/agent-wish';
import type { AgentPorts } from './agent-ports';
import type { WishBoard } from './wish-board';

export interface TaggedState {
  readonly etag: string;
  readonly state: DesiredState;
}

const busyIntervalInMs = 3_000;
const restIntervalInMs = 60_000;
const longestWaitInMs = 20_000;

/** The whole wish of an agent, once it is another than the one it knows; undefined while it stays the same. */
export async function awaitDesired(
  { clock, board }: Pick<AgentPorts, 'clock'> & { readonly board: WishBoard },
  { agentId, known, waitInMs }: { agentId: string; known: string | undefined; waitInMs: number },
): Promise<TaggedState | undefined> {
  let tagged = taggedState(await board.read(agentId), clock.now());
  const hasChanged = async (): Promise<boolean> => {
    tagged = taggedState(await board.read(agentId), clock.now());
    return tagged.etag !== known;
  };
  if (tagged.etag === known && waitInMs > 0) {
    await board.wait(agentId, hasChanged, Math.min(waitInMs, longestWaitInMs));
  }
  return tagged.etag === known ? undefined : tagged;
}

/** A wish as agents read it. The etag covers everything but the time. */
export function taggedState(wish: AgentWish, serviceTimeInMs: number): TaggedState {
  const replicas = wish.items.flatMap((item) => item.replicas);
  const body = {
    statusIntervalInMs: isBusy(wish) ? busyIntervalInMs : restIntervalInMs,
    replicas,
    markers: grouped(wish.items).flatMap(markersOf),
    tasks: wish.tasks.map(({ taskId, kind, parameters }) => ({ taskId, kind, parameters })),
  };
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return { etag: `"${digest.slice(0, 27)}"`, state: { serviceTimeInMs, ...body } };
}

/** True for a replica whose stream goes on. */
export function isFed({ mode }: DesiredReplica): boolean {
  return mode === 'copy' || mode === 'resync' || mode === 'continue';
}

/** Machines of one group cut together, each from when it has been copied; until then it cuts alone. */
function grouped(items: readonly ItemWish[]): readonly ItemWish[] {
  const groups = new Map<string, ItemWish>();
  for (const item of items) {
    const name = item.groupId !== undefined && item.isSettled ? item.groupId : item.itemId;
    const known = groups.get(name);
    groups.set(name, known === undefined ? item : together(known, item));
  }
  return [...groups.values()];
}

function together(left: ItemWish, right: ItemWish): ItemWish {
  return {
    ...left,
    replicas: [...left.replicas, ...right.replicas],
    joining: [...(left.joining ?? []), ...(right.joining ?? [])],
    crashIntervalInMs: Math.min(left.crashIntervalInMs, right.crashIntervalInMs),
    cutNow: left.cutNow + right.cutNow,
  };
}

/** A machine's disks cut together; one that joins them later cuts alone until it has been copied. */
function markersOf(item: ItemWish): DesiredMarkers[] {
  const fed = item.replicas.filter(isFed).map(({ replicaId }) => replicaId);
  const joining = item.joining ?? [];
  const together = fed.filter((replicaId) => !joining.includes(replicaId)).toSorted();
  const alone = fed.filter((replicaId) => joining.includes(replicaId)).map((replicaId) => [replicaId]);
  const { crashIntervalInMs, appIntervalInMs, cutNow } = item;
  return [together, ...alone]
    .filter((members) => members.length > 0)
    .map((members) => ({
      ...{ members, crashIntervalInMs, cutNow },
      ...(appIntervalInMs === undefined ? {} : { appIntervalInMs }),
    }));
}

/** While something is awaited the agent reports often. */
function isBusy({ items, tasks }: AgentWish): boolean {
  return tasks.length > 0 || items.some(({ isSettled }) => !isSettled);
}
