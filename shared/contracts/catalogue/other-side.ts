import { z } from 'zod';

/** The replicas of an item at the site that it does not replicate to now. The next turn goes on from what they hold. */
export const OtherSide = z.object({
  /** The master target that keeps them. */
  keeperId: z.string(),
  /** By the ids of the item's disks. */
  replicaIds: z.record(z.string(), z.uuid()),
});
export type OtherSide = z.infer<typeof OtherSide>;
