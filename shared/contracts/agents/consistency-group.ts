import { z } from 'zod';
import { PublicKey } from '../agent/identity';
import { GroupEndpoint } from '../agent/report';

/** A machine that cuts its markers with others just now: it has been copied, and its agent is heard. */
export const GroupMember = z.object({
  itemId: z.string(),
  agentId: z.uuid(),
  publicKey: PublicKey,
  /** Where its agent can be reached by those of the other members; one without never coordinates. */
  endpoint: GroupEndpoint.optional(),
  replicaIds: z.array(z.uuid()),
  crashIntervalInMs: z.int().positive(),
  appIntervalInMs: z.int().positive().optional(),
});
export type GroupMember = z.infer<typeof GroupMember>;

/** Machines whose recovery points are shared, as Site Recovery's multi-VM groups. */
export const ConsistencyGroup = z.object({
  groupId: z.uuid(),
  scenario: z.string(),
  fabricId: z.string(),
  policyId: z.string(),
  /** Every item that belongs to it, in the order they came. */
  enrolled: z.array(z.string()),
  /** Those of them that cut together now. */
  members: z.array(GroupMember),
});
export type ConsistencyGroup = z.infer<typeof ConsistencyGroup>;

/** What each member is told of its group. */
export const WishedGroup = ConsistencyGroup.pick({ groupId: true, members: true });
export type WishedGroup = z.infer<typeof WishedGroup>;
