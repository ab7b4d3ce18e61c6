import { z } from 'zod';
import { EpochKind } from '../replication/epoch-record';
import { PointManifest, StoredPosition } from '../replication/point-manifest';
import { FailureStreak, ResyncReason, WantedLog } from '../replication/replica-record';
import { ReplicaPolicy } from '../replication/replica-policy';

/** Where a server of a site listens for others of the site's network: a process server, or a master target. */
export const SiteAddress = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
});
export type SiteAddress = z.infer<typeof SiteAddress>;

/** Where an agent takes change logs in, for each of its roles that does. */
export const SiteAddresses = z.strictObject({
  processServer: SiteAddress.optional(),
  masterTarget: SiteAddress.optional(),
});
export type SiteAddresses = z.infer<typeof SiteAddresses>;

/** The recovery points of a kept replica: all their ids, and those of which something is new since the report before. */
export const KeptPoints = z.strictObject({
  ids: z.array(z.uuid()).max(20_000),
  news: z.array(PointManifest).max(2_000),
});
export type KeptPoints = z.infer<typeof KeptPoints>;

/** What a master target says of one replica on its own disks: where it stands, and never a byte of what it holds. */
export const KeptReplica = z.strictObject({
  replicaId: z.uuid(),
  ownerId: z.string().max(500),
  sizeBytes: z.int().positive(),
  policy: ReplicaPolicy,
  applied: StoredPosition.nullable(),
  durable: StoredPosition.nullable(),
  missing: WantedLog.extend({ faults: z.array(z.string()).max(20), sinceMs: z.int() }).nullable(),
  failure: FailureStreak.nullable(),
  resyncNeeded: ResyncReason.nullable(),
  /** The epoch whose first point is awaited. */
  copyingEpoch: z.int().nullable(),
  cachedBytes: z.int().nonnegative(),
  createdAtMs: z.int(),
  /** Absent while they are what was reported before. */
  points: KeptPoints.optional(),
});
export type KeptReplica = z.infer<typeof KeptReplica>;

const replicaId = z.uuid();
const job = z.string().max(200);

/** A moment that a disk can be made from. */
export const KeptMoment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('point'), pointId: z.uuid() }),
  z.object({ kind: z.literal('log'), replicaId, position: StoredPosition }),
]);

/** What the service asks of the master target that keeps a replica, as the parameters of a `keepReplica` task. Each may be asked again. */
export const KeeperCall = z.discriminatedUnion('call', [
  z.object({
    call: z.literal('create'),
    replicaId,
    sizeBytes: z.int().positive(),
    ownerId: z.string().max(500),
    policy: ReplicaPolicy,
  }),
  z.object({ call: z.literal('setPolicy'), replicaId, policy: ReplicaPolicy }),
  z.object({ call: z.literal('setOwner'), replicaId, ownerId: z.string().max(500) }),
  z.object({ call: z.literal('grow'), replicaId, sizeBytes: z.int().positive() }),
  z.object({
    call: z.literal('startEpoch'),
    replicaId,
    kind: EpochKind,
    reason: z.string().max(200),
    job,
    base: z.object({ position: StoredPosition, chainHead: z.string().optional() }).optional(),
  }),
  z.object({ call: z.literal('pinPoint'), pointId: z.uuid(), job }),
  z.object({ call: z.literal('unpinPoint'), pointId: z.uuid(), job }),
  z.object({ call: z.literal('materialise'), replicaId, toReplicaId: z.uuid(), moment: KeptMoment, job }),
  z.object({ call: z.literal('digests'), replicaId, epoch: z.int(), segment: z.int().nonnegative() }),
  z.object({ call: z.literal('remove'), replicaId, job }),
]);
export type KeeperCall = z.infer<typeof KeeperCall>;

/** How such a call ended: with an answer, or with one of the service's own refusals. */
export const KeeperAnswer = z.union([
  z.object({ answer: z.unknown() }),
  z.object({ refusal: z.object({ code: z.string(), message: z.string() }) }),
]);
export type KeeperAnswer = z.infer<typeof KeeperAnswer>;

export const StartedEpochAnswer = z.object({
  epoch: z.int(),
  chainHead: z.string(),
  base: z.object({ position: StoredPosition, isTorn: z.boolean() }),
});

/** Hashes of blocks, base64: small segments, so that they fit a report. */
export const DigestsAnswer = z.object({
  segment: z.int(),
  segmentCount: z.int(),
  base64: z.string(),
});
