import { z } from 'zod';
import { DesiredReplica, DesiredTask } from '../agent/desired';

/** What is wanted of one machine's disks. Its markers are cut over all replicas that are fed. */
export const ItemWish = z.object({
  itemId: z.string(),
  replicas: z.array(DesiredReplica),
  /** Replicas that are copied for the first time while the others go on: they cut markers of their own until they are whole. */
  joining: z.array(z.uuid()).optional(),
  crashIntervalInMs: z.int().positive(),
  appIntervalInMs: z.int().positive().optional(),
  /** Raised by one to have a marker cut now. */
  cutNow: z.int().nonnegative(),
  /** False while the machine is being copied, compared or stopped: the agent then reports often. */
  isSettled: z.boolean().default(false),
  /** The job that waits for these replicas to be stopped. */
  awaitedBy: z.string().optional(),
  /** Machines of one group cut their markers together. */
  groupId: z.uuid().optional(),
});
export type ItemWish = z.infer<typeof ItemWish>;

/** A task, and the job that waits for its result. */
export const WishedTask = DesiredTask.extend({ jobId: z.string().optional() });
export type WishedTask = z.infer<typeof WishedTask>;

/** Everything the service wants of one agent, in one document: reading it is one read, changing it one write. */
export const AgentWish = z.object({
  agentId: z.uuid(),
  items: z.array(ItemWish),
  tasks: z.array(WishedTask),
});
export type AgentWish = z.infer<typeof AgentWish>;
