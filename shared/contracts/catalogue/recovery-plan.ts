import { z } from 'zod';
import { ItemHold } from './protected-item';

/** A script, a runbook or a pause for a person, before or after the machines of a group. */
export const PlanAction = z.looseObject({
  actionName: z.string().min(1).max(256),
  failoverTypes: z.array(z.string()).max(16),
  failoverDirections: z.array(z.string()).max(4),
  customDetails: z.looseObject({ instanceType: z.string() }),
});
export type PlanAction = z.infer<typeof PlanAction>;

/** Machines that are handled together, in the API's words. */
export const PlanGroup = z.looseObject({
  groupType: z.enum(['Shutdown', 'Failover', 'Boot']),
  replicationProtectedItems: z
    .array(z.looseObject({ id: z.string().nullish(), virtualMachineId: z.string().nullish() }))
    .max(256)
    .nullish(),
  startGroupActions: z.array(PlanAction).max(64).nullish(),
  endGroupActions: z.array(PlanAction).max(64).nullish(),
});
export type PlanGroup = z.infer<typeof PlanGroup>;

/** Machines that fail over together, in order. The first group shuts down, the second fails over, the rest start. */
export const RecoveryPlan = z.looseObject({
  friendlyName: z.string(),
  primaryFabricId: z.string(),
  /** A fabric's id, or "Microsoft Azure". */
  recoveryFabricId: z.string(),
  failoverDeploymentModel: z.string().optional(),
  groups: z.array(PlanGroup),
  hold: ItemHold.optional(),
  /** A test failover waits for its clean-up. */
  testFailoverJob: ItemHold.optional(),
  lastPlannedFailoverAtInMs: z.number().optional(),
  lastUnplannedFailoverAtInMs: z.number().optional(),
  lastTestFailoverAtInMs: z.number().optional(),
});
export type RecoveryPlan = z.infer<typeof RecoveryPlan>;
