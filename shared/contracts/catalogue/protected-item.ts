import { z } from 'zod';
import { instanceTypes } from '../../model/scenarios/scenario';
import { Health, HealthError } from './resource';

/** One disk of a protected item: the machine's disk, and the replica that copies it. */
export const ProtectedDisk = z.looseObject({
  id: z.string(),
  name: z.string(),
  replicaId: z.uuid(),
  sizeBytes: z.number(),
  isOperatingSystem: z.boolean().default(false),
  resyncRequired: z.boolean().default(false),
  copiedPercent: z.number().default(0),
  pendingBytes: z.number().default(0),
});
export type ProtectedDisk = z.infer<typeof ProtectedDisk>;

/** The job that holds an item: nothing else may start on it. */
export const ItemHold = z.object({
  jobId: z.string(),
  scenarioName: z.string(),
  verb: z.string(),
  sinceInMs: z.number(),
});
export type ItemHold = z.infer<typeof ItemHold>;

/** A machine under protection. `state` is a state of its scenario's table, and moves along that table only. */
export const ProtectedItem = z.looseObject({
  friendlyName: z.string(),
  /** A UUID of our own; stays when names change. */
  internalId: z.string(),
  scenario: z.enum(instanceTypes),
  /** The scenario's name as the caller spelt it: it may be an alias. */
  instanceType: z.string(),
  policyId: z.string(),
  protectableItemId: z.string().optional(),
  /** The source machine, where it has an ARM id. */
  sourceMachineId: z.string().optional(),
  /** A container's id, or "Microsoft Azure". */
  recoveryContainerId: z.string().optional(),
  recoveryFabricId: z.string().optional(),
  providerId: z.string().optional(),
  /** The master target that keeps its replicas at a site. */
  keeperId: z.string().optional(),
  /** The mapping it was enabled under. */
  mappingId: z.string().optional(),
  /** The kind of its primary fabric. */
  primaryFabricKind: z.string().optional(),
  state: z.string(),
  testFailover: z.enum(['None', 'WaitingForCompletion', 'MarkedForDeletion']),
  resyncRequired: z.boolean(),
  hold: ItemHold.optional(),
  /** The last job, shown while a test failover waits for its clean-up. */
  lastJob: ItemHold.optional(),
  health: Health,
  failoverHealth: Health,
  healthErrors: z.array(HealthError),
  disks: z.array(ProtectedDisk),
  initialCopyPercent: z.number().default(0),
  rpoInSeconds: z.number().optional(),
  churnBytesPerSecond: z.number().optional(),
  rpoCalculatedAtInMs: z.number().optional(),
  lastReplicatedAtInMs: z.number().optional(),
  failoverRecoveryPointId: z.string().optional(),
  failedOverAtInMs: z.number().optional(),
  testFailedOverAtInMs: z.number().optional(),
  multiVmGroupName: z.string().optional(),
  /** What protection was enabled with, in the API's words. */
  enabledWith: z.record(z.string(), z.unknown()),
  /** How the machine is made at the target, in the API's words of the update operation. */
  target: z.record(z.string(), z.unknown()),
});
export type ProtectedItem = z.infer<typeof ProtectedItem>;

/** The state of all disks of a machine at one marker. */
export const RecoveryPoint = z.looseObject({
  timeInMs: z.number(),
  kind: z.enum(['CrashConsistent', 'ApplicationConsistent']),
  /** Shared by all members of a multi-VM group. */
  isGroupPoint: z.boolean().default(false),
  diskIds: z.array(z.string()),
});
export type RecoveryPoint = z.infer<typeof RecoveryPoint>;
