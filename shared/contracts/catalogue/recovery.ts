import { z } from 'zod';
import { BootVerdict, MachineNic } from '../compute/target-machine';
import { StoredPosition } from '../replication/point-manifest';

/** What a recovery was made from: a point of all disks, or for a single disk any moment of its journal. */
export const RecoveredMoment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('point'), pointId: z.uuid() }),
  z.object({ kind: z.literal('log'), replicaId: z.uuid(), position: StoredPosition }),
]);
export type RecoveredMoment = z.infer<typeof RecoveredMoment>;

/** One disk as it was taken from its replica. */
export const RecoveredDisk = z.object({
  diskId: z.string(),
  name: z.string(),
  replicaId: z.uuid(),
  sizeBytes: z.number(),
  isOperatingSystem: z.boolean(),
  /** The disk of the target account that the target's disk was imported from. */
  copyId: z.uuid(),
  /** Where the disk stood in its stream. */
  position: StoredPosition.nullable(),
  /** The digest of the log that carried the marker: the whole stream up to there hangs on it. */
  chainHead: z.string().nullable(),
  /** The disk at the target, once it is there. */
  targetDiskId: z.string().optional(),
  /** What it holds, as the site that made it said. */
  targetSha256: z.string().optional(),
});
export type RecoveredDisk = z.infer<typeof RecoveredDisk>;

export const RecoveredMachine = z.object({
  id: z.string(),
  name: z.string(),
  size: z.string(),
  nics: z.array(MachineNic),
  startedAtInMs: z.number(),
  boot: BootVerdict,
  consoleTail: z.string(),
});
export type RecoveredMachine = z.infer<typeof RecoveredMachine>;

/**
 * A failover as far as it has come, kept with its item: every step reads what the steps before it did, so that each can be done
 * again. It stays until the next one, for those who clean up, commit, change the point or come back.
 */
export const Recovery = z.object({
  jobId: z.string(),
  kind: z.enum(['test', 'planned', 'unplanned']),
  startedAtInMs: z.number(),
  /** Where the target takes its state from, and when that was, by the clock of the source. */
  moment: RecoveredMoment.optional(),
  cutTimeInMs: z.number().optional(),
  /** What an honest RPO is counted from. */
  seenServiceTimeInMs: z.number().optional(),
  /** `stopped`: the service saw the source stop. `abandoned`: it was not asked to, or did not answer. */
  source: z.enum(['stopped', 'abandoned']).optional(),
  /** What each replica's stream was sealed at, as its agent said after the source had stopped. */
  sealed: z.record(z.string(), z.number()).optional(),
  /** From here on nothing of the source's stream reaches the replicas. */
  fencedAtInMs: z.number().optional(),
  disks: z.array(RecoveredDisk).default([]),
  /** Every disk's copy is there. From then on copies may be something else than their moment: a site compares itself with them. */
  isCopied: z.boolean().default(false),
  machine: RecoveredMachine.optional(),
  /** What the agent of a site said of bringing its disks up to date. */
  broughtOver: z.record(z.string(), z.unknown()).optional(),
  /** Everything that was made for it at the target carries this job's tags: another than its own after a change of point. */
  madeByJob: z.string().optional(),
  /** The agents that made it at a site: who keeps the replicas, and who makes machines there. */
  site: z.object({ keeperId: z.string(), providerId: z.string().optional() }).optional(),
  /** What could not be done, for people. */
  remarks: z.array(z.string()).default([]),
});
export type Recovery = z.infer<typeof Recovery>;

/** The recoveries an item carries. */
export const Recoveries = z.object({
  /** Under test, beside the machine that goes on running. */
  test: Recovery.optional(),
  /** What the item runs on, or is about to. */
  real: Recovery.optional(),
  /** What `real` is to become: another point is being applied. */
  next: Recovery.optional(),
  /** What the item ran on before it came back: it stays until that is committed. */
  away: Recovery.optional(),
});
export type Recoveries = z.infer<typeof Recoveries>;

/** Where the machine of a turned item came from: its source is the recovered machine now, until it is turned back. */
export const Home = z.object({
  protectableItemId: z.string().optional(),
  /** The machine by its platform's own id, and the agent that speaks for it. */
  machineId: z.string(),
  sourceMachineId: z.string().optional(),
  agentId: z.string().optional(),
  /** Another machine of the site to come back to, where the caller chose one. Undoing leads to the first one. */
  elsewhere: z.object({ machineId: z.string(), agentId: z.string() }).optional(),
  /** What protection was enabled with on the way out. */
  enabledWith: z.record(z.string(), z.unknown()),
  policyId: z.string(),
});
export type Home = z.infer<typeof Home>;
