import type { ReplicaReport } from '../contracts/agent/report';
import type { EpochKind } from '../contracts/replication/epoch-record';
import type { PointManifest } from '../contracts/replication/point-manifest';
import type { RecoveryPointRecord } from '../contracts/replication/recovery-point-record';
import type { ReplicaPolicy } from '../contracts/replication/replica-policy';
import type { ReplicaRecord, WantedLog } from '../contracts/replication/replica-record';
import type { Position } from '../model/position';

export interface CreateReplica {
  readonly replicaId: string;
  readonly sizeBytes: number;
  /** The protected item, as its owner names it: the subject of events. */
  readonly ownerId: string;
  readonly policy: ReplicaPolicy;
  /** The master target to keep it at its site; without one it is kept in the service's own target account. */
  readonly keeper?: string;
}

export interface StartEpoch {
  readonly replicaId: string;
  readonly kind: EpochKind;
  readonly reason: string;
  /** Asking again with the same job gives the same epoch. */
  readonly job: string;
  /** `continue` only: where the replica must be closed, and what the agent takes that log's digest to be. */
  readonly base?: { readonly position: Position; readonly chainHead?: string };
}

export interface StartedEpoch {
  readonly epoch: number;
  /** What the first log of the epoch is chained to. */
  readonly chainHead: string;
  /** Where the replica stood. Torn: a log was half written, so only a whole copy or compare makes it right. */
  readonly base: { readonly position: Position; readonly isTorn: boolean };
}

/** What an agent is told of one replica. */
export interface ReplicaStatus {
  readonly durable: Position | null;
  readonly applied: Position | null;
  readonly wants: WantedLog | null;
  readonly cacheFull: boolean;
}

export interface Drained {
  /** Closed here when the drain ended; undefined while there is no replica or no epoch. */
  readonly reached: Position | undefined;
  readonly appliedLogs: number;
}

/** What can be opened: a whole point, or for a single disk the end of any journalled log. */
export type Moment =
  | { readonly kind: 'point'; readonly pointId: string }
  | { readonly kind: 'log'; readonly replicaId: string; readonly position: Position };

export interface Materialise {
  readonly moment: Moment;
  readonly replicaId: string;
  /** The new disk. It is a replica disk like any other, closed at the moment's position. */
  readonly toReplicaId: string;
  readonly job: string;
}

/** The digests of one segment of a disk, as docs/formats/digest-map.md draws them. */
export interface DigestSegment {
  readonly segment: number;
  readonly segmentCount: number;
  readonly bytes: Uint8Array;
}

/** Replicas and their recovery points, for those who protect, fail over, or face agents. Every call is safe to repeat. */
export interface Replicas {
  create(request: CreateReplica): Promise<ReplicaRecord>;
  read(replicaId: string): Promise<ReplicaRecord | undefined>;
  setPolicy(replicaId: string, policy: ReplicaPolicy): Promise<void>;
  /** The protected item it belongs to from now on: another one, after replication was turned round. */
  setOwner(replicaId: string, ownerId: string): Promise<void>;
  /** Grows the replica with its source. Never shrinks. Logs of the larger disk are taken from then on. */
  grow(replicaId: string, sizeBytes: number): Promise<void>;
  /** What the agent says of the replica, answered with what the service knows of it. */
  report(report: ReplicaReport): Promise<ReplicaStatus>;
  /** Refuses with `CacheFull` while the replica's quota is used up. To be asked before every grant. */
  admitUpload(replicaId: string, epoch: number): Promise<void>;
  startEpoch(request: StartEpoch): Promise<StartedEpoch>;
  /** An epoch in which nothing is taken: from here on no byte of the old stream reaches the replica. */
  fence(replicaId: string, why: { readonly reason: string; readonly job: string }): Promise<StartedEpoch>;
  /** Applies what the cache holds, whatever the back-off says. */
  drainNow(replicaId: string): Promise<Drained>;
  /** Newest first, from the catalogue. Partial points are in the list and say so. */
  points(replicaId: string, limit?: number): Promise<readonly RecoveryPointRecord[]>;
  /** The truth of one point, from the target account. */
  point(pointId: string): Promise<PointManifest | undefined>;
  /** Refuses with `PointNotWhole` unless the point is listed. From then on it is not pruned. */
  pinPoint(pointId: string, job: string): Promise<PointManifest>;
  unpinPoint(pointId: string, job: string): Promise<void>;
  /** The last whole point at or before a time; for a single disk, with the journal, any log boundary. */
  momentAt(replicaIds: readonly string[], timeInMs: number): Promise<Moment | undefined>;
  /** Makes a new disk with exactly the content of one disk at one moment. */
  materialise(request: Materialise): Promise<void>;
  /** Digests of a `rebase` epoch's base, for an agent to compare its disk with. Computed once, then kept. */
  digests(replicaId: string, epoch: number, segment: number): Promise<DigestSegment>;
  /** Removes the replica with everything of it. Refuses with `PointPinned` while a job needs a point of it. */
  remove(replicaId: string, job: string): Promise<void>;
}
