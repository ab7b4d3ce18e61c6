import { z } from 'zod';

/** "These disks have news." At most a batch; the service queues one doorbell for each. */
export const RingDoorbells = z.strictObject({ replicaIds: z.array(z.uuid()).min(1).max(100) });
export type RingDoorbells = z.infer<typeof RingDoorbells>;

/** Asks for the right to create blobs in one replica's epoch. */
export const GrantRequest = z.strictObject({ replicaId: z.uuid(), epoch: z.int().min(1).max(65_535) });
export type GrantRequest = z.infer<typeof GrantRequest>;

export const Grant = z.object({
  /** The container's address with the grant. The blob's name is put before the query. */
  url: z.url(),
  expiresAtInMs: z.int(),
});
export type Grant = z.infer<typeof Grant>;

/** The agent cannot go on in this epoch: its spool is lost or full, or the target is ahead of it. */
export const EpochRequest = z.strictObject({
  epoch: z.int().min(1).max(65_535),
  kind: z.enum(['rebase', 'continue']),
  reason: z.enum(['spoolLost', 'spoolFull', 'targetAhead', 'diskGrew', 'diskReplaced', 'heavyChurn']),
  /** For `continue`: the last sequence sealed, at which the replica must be closed. */
  sealed: z.int().nonnegative(),
  /** The digest of that last log: the new epoch's base chain head. */
  chainHead: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type EpochRequest = z.infer<typeof EpochRequest>;
