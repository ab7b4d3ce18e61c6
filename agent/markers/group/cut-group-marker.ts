import type { Marker, MarkerKind } from '../../../shared/model/change-log';
import type { Holding, Participant } from './participant';

export interface CutGroupMarkerOptions {
  readonly markerId: string;
  readonly kind: MarkerKind;
  /** The replica ids of every disk of the group, sorted. */
  readonly members: readonly string[];
  readonly participants: readonly Participant[];
  readonly now: () => number;
  readonly prepareLimitInMs: number;
  readonly holdLimitInMs: number;
}

/**
 * Cuts one marker over all agents of a group: all prepare, all hold, all seal. While all are held no machine can show
 * another what it wrote, and each is held from before the last one was until it has cut: no cut holds an effect whose
 * cause another cut lacks. When a step fails anywhere, everybody lets go and goes on; the marker is void.
 */
export async function cutGroupMarker(options: CutGroupMarkerOptions): Promise<void> {
  const { markerId, kind, members, participants, prepareLimitInMs, holdLimitInMs } = options;
  try {
    const preparation = { markerId, kind, members, timeLimitInMs: prepareLimitInMs };
    const frozen = await Promise.all(participants.map((each) => each.prepare(preparation)));
    const holdings = await Promise.all(participants.map((each) => each.hold(markerId, holdLimitInMs)));
    const marker = markerOf(options, holdings, frozen.every(Boolean));
    const sealed = await Promise.allSettled(participants.map((each) => each.seal(marker)));
    const failed = sealed.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    for (const each of participants) each.abandon(markerId);
    throw error;
  }
}

/** The group saw no later service time than the agent that saw least: an RPO measured from it is never flattered. */
function markerOf(
  { markerId, kind, members, now }: CutGroupMarkerOptions,
  holdings: readonly Holding[],
  areAllFrozen: boolean,
): Marker {
  const held = holdings.flatMap(({ replicaIds }) => replicaIds).toSorted();
  if (held.join() !== members.join()) throw new Error('not every disk of the group is held');
  return {
    id: markerId,
    kind: kind === 'app' && areAllFrozen ? 'app' : 'crash',
    members,
    seenServiceTimeInMs: Math.min(...holdings.map(({ seenServiceTimeInMs }) => seenServiceTimeInMs)),
    cutTimeInMs: now(),
  };
}
