import { z } from 'zod';

const hourInMs = 3_600_000;

/** Up to this age, one point is kept for each interval. An interval of 0 keeps every point. */
export const RetentionRung = z.strictObject({
  untilAgeInMs: z.int().positive(),
  everyInMs: z.int().nonnegative(),
});
export type RetentionRung = z.infer<typeof RetentionRung>;

/** How one replica is kept: a copy of what its protection's policy says, beside the replica itself. */
export const ReplicaPolicy = z.strictObject({
  /** Rungs of rising age. A point older than the last rung is not kept, unless it is the newest. */
  retention: z.array(RetentionRung).min(1).max(10),
  /** Keep the logs between snapshots, so that points need none of their own and any second can be opened. */
  journal: z.boolean().default(false),
  /** How long any second can be opened, with the journal on. */
  journalWindowInMs: z.int().nonnegative().default(hourInMs),
  /** With the journal on: take a snapshot when the last one is this old. */
  anchorIntervalInMs: z.int().positive().default(hourInMs),
  /** Above this, the item's health says so. */
  rpoThresholdInMs: z
    .int()
    .positive()
    .default(hourInMs / 4),
  /** What may wait in the cache for this replica. */
  cacheQuotaBytes: z
    .int()
    .positive()
    .default(64 * 1024 ** 3),
  /** When its item lay deleted: the points from before do not age in that time. */
  pauses: z
    .array(z.strictObject({ fromMs: z.int(), untilMs: z.int() }))
    .max(64)
    .optional(),
});
export type ReplicaPolicy = z.infer<typeof ReplicaPolicy>;

/** Written beside the replica when it is created, so that the catalogue can be rebuilt from the target alone. */
export const ReplicaDescriptor = z.strictObject({
  version: z.literal(1),
  replicaId: z.uuid(),
  /** The protected item the disk belongs to, as its owner names it. */
  ownerId: z.string().max(500),
  policy: ReplicaPolicy,
  createdAtMs: z.int(),
});
export type ReplicaDescriptor = z.infer<typeof ReplicaDescriptor>;
