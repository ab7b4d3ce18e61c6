import { z } from 'zod';

/** The newest snapshot of a replica that holds a point: logs after it can be journalled. One document per replica. */
export const AnchorNote = z.strictObject({
  epoch: z.int(),
  sequence: z.int().positive(),
  snapshotId: z.string(),
  takenAtMs: z.int(),
});
export type AnchorNote = z.infer<typeof AnchorNote>;
