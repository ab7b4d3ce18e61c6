import { z } from 'zod';
import { comments, direction } from './request-fields';

/** What every job of a recovery plan is started with; the members are read from the plan when it runs. */
const PlanJob = z.object({ jobId: z.uuid(), vaultId: z.string(), planId: z.string() });

const provider = z.array(z.record(z.string(), z.unknown()));

/** Job `planTestFailover`. */
export const PlanTestFailover = PlanJob.extend({
  direction,
  networkType: z.string(),
  networkId: z.string().optional(),
  comments,
  provider,
});
export type PlanTestFailover = z.infer<typeof PlanTestFailover>;

/** Job `planPlannedFailover`. */
export const PlanPlannedFailover = PlanJob.extend({ direction, comments, provider });
export type PlanPlannedFailover = z.infer<typeof PlanPlannedFailover>;

/** Job `planUnplannedFailover`. */
export const PlanUnplannedFailover = PlanJob.extend({
  direction,
  shutDownSource: z.boolean(),
  comments,
  provider,
});
export type PlanUnplannedFailover = z.infer<typeof PlanUnplannedFailover>;

/** Jobs `planTestFailoverCleanup`, `planCommitFailover`, `planReprotect` and `planCancelFailover`. */
export const PlainPlanJob = PlanJob.extend({ comments });
export type PlainPlanJob = z.infer<typeof PlainPlanJob>;

/** The orchestrations of recovery plans, each with the contract of its input. */
export const planOrchestrations = {
  planTestFailover: PlanTestFailover,
  planTestFailoverCleanup: PlainPlanJob,
  planPlannedFailover: PlanPlannedFailover,
  planUnplannedFailover: PlanUnplannedFailover,
  planCommitFailover: PlainPlanJob,
  planReprotect: PlainPlanJob,
  planCancelFailover: PlainPlanJob,
} as const;
export type PlanOrchestration = keyof typeof planOrchestrations;
