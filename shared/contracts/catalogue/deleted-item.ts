import { z } from 'zod';
import { ItemHold, ProtectedItem } from './protected-item';

/** An item whose protection was disabled in a vault with soft delete. Its replicas and recovery points are as they were then. */
export const DeletedItem = z.looseObject({
  friendlyName: z.string(),
  /** Where it was, and where undeleting brings it back. */
  itemId: z.string(),
  item: ProtectedItem,
  deletedAtInMs: z.number(),
  /** From then on it is purged by itself. */
  purgeAtInMs: z.number(),
  hold: ItemHold.optional(),
});
export type DeletedItem = z.infer<typeof DeletedItem>;
