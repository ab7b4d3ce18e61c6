import { z } from 'zod';
import { Digest } from './epoch-record';

export const StoredPosition = z.strictObject({ epoch: z.int(), sequence: z.int() });

/** What keeps a disk's state at a marker: a snapshot of its own, or an earlier one and the journal's logs after it. */
export const Hold = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('snapshot'), snapshotId: z.string() }),
  z.strictObject({
    by: z.literal('journal'),
    anchor: z.strictObject({ snapshotId: z.string(), sequence: z.int() }),
  }),
  /** The disk's protection ended; the point stays for the others. */
  z.strictObject({ by: z.literal('released') }),
]);
export type Hold = z.infer<typeof Hold>;

export const PointMember = z.strictObject({
  replicaId: z.uuid(),
  /** Where the disk stood at the marker. Null until it gets there. */
  position: StoredPosition.nullable(),
  /** The digest of the log that carried the marker: what the disk's content can be proved by. */
  chainHead: Digest.nullable(),
  /** Null until the disk gets there, and for good if it went by without being held. */
  hold: Hold.nullable(),
  /** The disk was seen at the marker after it was entered as held: whoever tidies it since knows of the point. */
  isConfirmed: z.boolean().optional(),
});
export type PointMember = z.infer<typeof PointMember>;

/**
 * `partial`: not every member holds it yet. `listed`: whole, can be opened, never changes. `void`: a member went by
 * without holding it, so it never becomes whole. `pruning`: being removed. Only `listed` can be pinned.
 */
export const PointState = z.enum(['partial', 'listed', 'void', 'pruning']);
export type PointState = z.infer<typeof PointState>;

/** The truth of a recovery point: one document in the target account. The catalogue mirrors it. */
export const PointManifest = z.strictObject({
  version: z.literal(1),
  pointId: z.uuid(),
  kind: z.enum(['crash', 'app']),
  state: PointState,
  members: z.array(PointMember).min(1),
  /** Jobs that need the point: while there is one, it cannot be pruned. */
  pins: z.array(z.string().max(200)),
  /** What an honest RPO is measured from. Never later than the service's own time when the point was first held. */
  seenServiceTimeInMs: z.int(),
  /** The cut by the service's clock, as well as it can be known: between what the agent had seen and the first hold. */
  timeInMs: z.int(),
  /** The cut by the clock of the source. */
  cutTimeInMs: z.int(),
  createdAtMs: z.int(),
});
export type PointManifest = z.infer<typeof PointManifest>;
