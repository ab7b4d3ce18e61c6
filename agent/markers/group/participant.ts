import type { Marker, MarkerKind } from '../../../shared/model/change-log';

export interface Preparation {
  readonly markerId: string;
  readonly kind: MarkerKind;
  /** The replica ids of every disk of the group, sorted. */
  readonly members: readonly string[];
  readonly timeLimitInMs: number;
}

export interface Holding {
  /** The disks that stand still for this marker. */
  readonly replicaIds: readonly string[];
  readonly seenServiceTimeInMs: number;
}

/**
 * One agent's part in the markers of a group, step by step: `prepare`, `hold`, `seal`. A step rejects with the reason
 * when it cannot be done; whoever asked then abandons the marker everywhere.
 */
export interface Participant {
  /** Freezes the applications if asked to, and waits until nothing is being sealed. Tells whether they are frozen. */
  prepare(preparation: Preparation): Promise<boolean>;
  /** Holds the guests' writes, for this long at most. */
  hold(markerId: string, timeLimitInMs: number): Promise<Holding>;
  /** Cuts, lets the guests go on, and keeps what was cut. Rejects once the hold has been let go. */
  seal(marker: Marker): Promise<void>;
  /** Lets go of everything that was prepared or held for this marker. */
  abandon(markerId: string): void;
}
