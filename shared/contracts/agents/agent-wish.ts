import { z } from 'zod';
import { DesiredReplica, DesiredTask } from '../agent/desired';
import { SiteAddress } from '../agent/site';
import { WishedGroup } from './consistency-group';

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
  /** The machines that it cuts its markers with. */
  group: WishedGroup.optional(),
  /** How fast its bytes may leave, and in which minutes of the day (UTC) that holds. */
  uploadLimit: z
    .object({ bytesPerSecond: z.int().positive(), fromMinute: z.int(), toMinute: z.int() })
    .optional(),
});
export type ItemWish = z.infer<typeof ItemWish>;

/** A task, and the job that waits for its result. */
export const WishedTask = DesiredTask.extend({
  jobId: z.string().optional(),
  /** Its result is put by for a caller that looks for it. */
  isCollected: z.boolean().optional(),
  /** Tasks of one line are done one after the other: the agent is shown the first of them. */
  line: z.string().optional(),
});
export type WishedTask = z.infer<typeof WishedTask>;

/** Everything the service wants of one agent, in one document: reading it is one read, changing it one write. */
export const AgentWish = z.object({
  agentId: z.uuid(),
  items: z.array(ItemWish),
  tasks: z.array(WishedTask),
  /** The process server that the agent sends through. */
  processServer: SiteAddress.optional(),
});
export type AgentWish = z.infer<typeof AgentWish>;
