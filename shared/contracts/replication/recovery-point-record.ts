import { z } from 'zod';
import { StoredPosition } from './point-manifest';

/** A recovery point as people list it: one record for each of its disks, in that disk's partition. */
export const RecoveryPointRecord = z.object({
  pointId: z.uuid(),
  replicaId: z.uuid(),
  kind: z.enum(['crash', 'app']),
  /** Partial points are shown, and not offered. */
  state: z.enum(['partial', 'listed']),
  heldMembers: z.int(),
  members: z.array(z.uuid()),
  position: StoredPosition.nullable(),
  chainHead: z.string().nullable(),
  seenServiceTimeInMs: z.int(),
  timeInMs: z.int(),
  cutTimeInMs: z.int(),
});
export type RecoveryPointRecord = z.infer<typeof RecoveryPointRecord>;
