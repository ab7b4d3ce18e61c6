import { z } from 'zod';

/** What every job of a deleted item is started with. */
export const DeletedItemJob = z.object({
  jobId: z.uuid(),
  vaultId: z.string(),
  deletedItemId: z.string(),
  /** Where the item was before it was deleted. */
  itemId: z.string(),
});
export type DeletedItemJob = z.infer<typeof DeletedItemJob>;

/** The orchestrations of deleted items, each with the contract of its input. */
export const deletedItemOrchestrations = {
  /** The item is back under its id, with its points, and its disks are being compared. */
  undeleteProtection: DeletedItemJob,
  /** Nothing of the item is left. */
  purgeDeletedItem: DeletedItemJob,
} as const;
export type DeletedItemOrchestration = keyof typeof deletedItemOrchestrations;
