import { createHash } from 'node:crypto';
import type { DesiredState } from '../../contracts/agent/desired';
import type { AgentWish, ItemWish, WishedTask } from '../../contracts/agents/agent-wish';
import { isInWindow } from '../../model/resync/resync-window';
import type { AgentPorts } from './agent-ports';
import { markersOf } from './desired-markers';
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
    markers: markersOf(wish.items),
    tasks: firstOfEachLine(wish.tasks).map(({ taskId, kind, parameters }) => ({ taskId, kind, parameters })),
    ...uploadLimitOf(wish.items, serviceTimeInMs),
    ...(wish.processServer === undefined ? {} : { processServer: wish.processServer }),
  };
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return { etag: `"${digest.slice(0, 27)}"`, state: { serviceTimeInMs, ...body } };
}

/** An agent does all that it is shown side by side: what must follow something else is not shown before that is done. */
function firstOfEachLine(tasks: readonly WishedTask[]): readonly WishedTask[] {
  return tasks.filter(
    ({ line }, index) => line === undefined || tasks.findIndex((earlier) => earlier.line === line) === index,
  );
}

/** While something is awaited the agent reports often. */
function isBusy({ items, tasks }: AgentWish): boolean {
  return tasks.length > 0 || items.some(({ isSettled }) => !isSettled);
}

/** The least of the limits that hold just now: an agent has one line for all its machines. */
function uploadLimitOf(items: readonly ItemWish[], nowInMs: number): { uploadLimit?: number } {
  const limits = items.flatMap(({ uploadLimit }) =>
    uploadLimit !== undefined && isInWindow(uploadLimit, nowInMs) ? [uploadLimit.bytesPerSecond] : [],
  );
  return limits.length === 0 ? {} : { uploadLimit: Math.min(...limits) };
}
