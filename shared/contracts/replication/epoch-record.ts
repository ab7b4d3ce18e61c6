import { z } from 'zod';

/**
 * Why the numbers start again. `rebase`: the whole disk is copied or compared. `continue`: only blocks the agent knows
 * it missed, on a base that is whole. `stop`: nothing follows; a fence for failover or for the end of protection.
 */
export const EpochKind = z.enum(['rebase', 'continue', 'stop']);
export type EpochKind = z.infer<typeof EpochKind>;

export const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * The birth of an epoch: a document in the target account, created once. Its digest is where the chain of the epoch's
 * logs starts. The fence was made with `baseEtag`, so a replica found in this epoch proves that it stood at `baseNumber`.
 */
export const EpochRecord = z.strictObject({
  version: z.literal(1),
  replicaId: z.uuid(),
  epoch: z.int().min(1).max(65_535),
  kind: EpochKind,
  reason: z.string().max(200),
  /** Whoever asks again with the same job gets the same epoch. */
  job: z.string().max(200),
  nonce: z.uuid(),
  /** The replica's number when the fence was made: even, and the base is whole at it; odd, and the base is torn. */
  baseNumber: z.int().nonnegative(),
  baseEtag: z.string(),
  /** The digest of the last log of the base; null where it is not known. */
  baseChainHead: Digest.nullable(),
  createdAtMs: z.int(),
});
export type EpochRecord = z.infer<typeof EpochRecord>;
