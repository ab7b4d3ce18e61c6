import { z } from 'zod';

const markerId = z.uuid();
const timeLimitInMs = z.int().positive().max(600_000);
const replicaIds = z.array(z.uuid()).max(5000);
const markerKind = z.enum(['crash', 'app']);

const GroupMarker = z.strictObject({
  id: markerId,
  kind: markerKind,
  members: replicaIds,
  seenServiceTimeInMs: z.int().nonnegative(),
  cutTimeInMs: z.int().nonnegative(),
});

/** What each side sends first, unsigned: who it is, and what the other must prove its key on. */
export const Greeting = z.strictObject({
  groupId: z.uuid(),
  agentId: z.uuid(),
  challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type Greeting = z.infer<typeof Greeting>;

/** What the coordinator asks of a member, step by step. `abandon` ends a marker whose steps did not all succeed. */
export const ToMember = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('prepare'),
    markerId,
    kind: markerKind,
    members: replicaIds,
    timeLimitInMs,
  }),
  z.strictObject({ step: z.literal('hold'), markerId, timeLimitInMs }),
  z.strictObject({ step: z.literal('seal'), markerId, marker: GroupMarker }),
  z.strictObject({ step: z.literal('abandon'), markerId }),
]);
export type ToMember = z.infer<typeof ToMember>;

/** What a member says: the outcome of a step; what it stands for now; or that it wants a marker at once. */
export const ToCoordinator = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('prepared'), markerId, isFrozen: z.boolean() }),
  z.strictObject({
    what: z.literal('held'),
    markerId,
    replicaIds,
    seenServiceTimeInMs: z.int().nonnegative(),
  }),
  z.strictObject({ what: z.literal('sealed'), markerId }),
  z.strictObject({ what: z.literal('refused'), markerId, reason: z.string().max(300) }),
  z.strictObject({ what: z.literal('stands'), epochs: z.string().max(100_000) }),
  z.strictObject({ what: z.literal('asks') }),
]);
export type ToCoordinator = z.infer<typeof ToCoordinator>;
