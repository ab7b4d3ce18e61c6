import { z } from 'zod';
import { StoredPosition } from './point-manifest';
import { ReplicaPolicy } from './replica-policy';

export const Health = z.enum(['Normal', 'Warning', 'Critical']);
export type Health = z.infer<typeof Health>;

/** One thing that is wrong with a replica, and what a person can do about it. */
export const HealthCause = z.object({
  code: z.string(),
  severity: z.enum(['Warning', 'Critical']),
  message: z.string(),
  action: z.string(),
});
export type HealthCause = z.infer<typeof HealthCause>;

/** Tries that failed in a row, since when, and when the next is due: the state of the back-off. */
export const FailureStreak = z.object({
  count: z.int().positive(),
  sinceMs: z.int(),
  nextTryAtMs: z.int(),
  code: z.string(),
  message: z.string().max(500),
  /** No try of ours can end it: nothing is tried again before a person has done something. */
  isFinal: z.boolean().default(false),
});
export type FailureStreak = z.infer<typeof FailureStreak>;

/** The upload the service misses. */
export const WantedLog = z.object({ sequence: z.int().positive(), attempt: z.int().nonnegative() });
export type WantedLog = z.infer<typeof WantedLog>;

/** Why the stream cannot go on without a new epoch. */
export const ResyncReason = z.enum(['corruptLog', 'halfChanged', 'byHand']);
export type ResyncReason = z.infer<typeof ResyncReason>;

/** What the catalogue knows of one replica. It mirrors storage and never leads: all of it can be lost. */
export const ReplicaRecord = z.object({
  replicaId: z.uuid(),
  ownerId: z.string(),
  sizeBytes: z.int(),
  policy: ReplicaPolicy,
  /** The master target on whose disks it lies, at a site; absent: in the service's own target account. */
  keeper: z.uuid().optional(),
  /** The last closed position seen, and the last that a barrier made safe. Null before the first epoch. */
  applied: StoredPosition.nullable(),
  durable: StoredPosition.nullable(),
  /** What the last drain looked for and did not find, with what was wrong with the uploads it did find. */
  missing: WantedLog.extend({ faults: z.array(z.string()), sinceMs: z.int() }).nullable(),
  failure: FailureStreak.nullable(),
  resyncNeeded: ResyncReason.nullable(),
  /** The epoch whose first point is awaited: the disk is being copied or compared. */
  copyingEpoch: z.int().nullable(),
  /** The newest whole point: what RPO is measured from. */
  lastPoint: z.object({ pointId: z.uuid(), seenServiceTimeInMs: z.int(), cutTimeInMs: z.int() }).nullable(),
  /** What the agent said last. */
  agent: z
    .object({
      epoch: z.int(),
      sealed: z.int(),
      uploaded: z.int(),
      spooledBytes: z.int(),
      churnBytesPerSecond: z.int().optional(),
      saidAtMs: z.int(),
      /** The durable position that it was told of in answer. */
      toldSequence: z.int().optional(),
      /** The next log, which it has sent and the target does not have, and since when it says so. */
      missed: z.object({ sequence: z.int(), sinceMs: z.int() }).optional(),
    })
    .nullable(),
  /** Waiting in the cache when the sweep looked last. */
  cachedBytes: z.int(),
  health: Health,
  healthCauses: z.array(HealthCause),
  healthSinceMs: z.int(),
  createdAtMs: z.int(),
  /** When the upkeep (freeing, pruning, sweeping) ran last. */
  tidiedAtMs: z.int(),
});
export type ReplicaRecord = z.infer<typeof ReplicaRecord>;
