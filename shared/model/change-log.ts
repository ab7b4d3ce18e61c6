/** How consistent the disk is at a marker: as after a power cut, or with its applications frozen. */
export type MarkerKind = 'crash' | 'app';

/**
 * A place in the stream where the disk is consistent, shared by all disks of a machine or group. The member list is
 * as of the cut: whether a point is whole is asked of it, never of today's membership.
 */
export interface Marker {
  readonly id: string;
  readonly kind: MarkerKind;
  /** Replica ids of every disk that must hold this marker, sorted. */
  readonly members: readonly string[];
  /** The latest service time the agent had seen before the cut: what an honest RPO is measured from. */
  readonly seenServiceTimeInMs: number;
  /** The agent's own time of the cut. */
  readonly cutTimeInMs: number;
}

/** What a change log says of itself, apart from its data. */
export interface LogHeader {
  readonly replicaId: string;
  readonly epoch: number;
  readonly sequence: number;
  /** SHA-256 of the log before this one, or of the epoch's record for the first, as lower-case hex. */
  readonly previousDigest: string;
  readonly diskSizeBytes: number;
  /** Monotone within an epoch: max(previous + 1, clock). */
  readonly firstWriteTimeInMs: number;
  readonly lastWriteTimeInMs: number;
  readonly marker?: Marker;
}
