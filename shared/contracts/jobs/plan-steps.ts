import { z } from 'zod';
import { TaskResult } from '../agent/report';
import { PlanAction } from '../catalogue/recovery-plan';
import { planOrchestrations, type PlanOrchestration } from './plan-jobs';
import { JobOutcome } from './record';

const names = Object.keys(planOrchestrations) as [PlanOrchestration, ...PlanOrchestration[]];

/** A job of a recovery plan as its steps read it. */
export const PlanCall = z.object({
  orchestration: z.enum(names),
  job: z.looseObject({
    jobId: z.uuid(),
    vaultId: z.string(),
    planId: z.string(),
    direction: z.enum(['PrimaryToRecovery', 'RecoveryToPrimary']).optional(),
    shutDownSource: z.boolean().optional(),
    networkType: z.string().optional(),
    networkId: z.string().optional(),
    comments: z.string().optional(),
    provider: z.array(z.record(z.string(), z.unknown())).optional(),
  }),
});
export type PlanCall = z.infer<typeof PlanCall>;

/** Machines that are handled side by side, with what is done before and after them. */
export const GroupRun = z.object({
  /** The task of the job that people see. */
  taskId: z.string(),
  name: z.string(),
  members: z.array(z.string()),
  before: z.array(PlanAction),
  after: z.array(PlanAction),
});
export type GroupRun = z.infer<typeof GroupRun>;

/** What a plan comes to, in this direction and for this kind of failover. */
export const OpenedPlan = z.object({
  groups: z.array(GroupRun),
  /** When machines of a group failed: go on with the others, stop, or wait for a person. */
  onFailure: z.enum(['Continue', 'Stop', 'Wait']),
});
export type OpenedPlan = z.infer<typeof OpenedPlan>;

/** One machine of a group, and the job that handles it. */
export const MemberRun = z.object({
  itemId: z.string(),
  jobId: z.uuid(),
  state: z.enum(['running', 'succeeded', 'failed']),
  message: z.string().optional(),
});
export type MemberRun = z.infer<typeof MemberRun>;

export const GroupCall = z.object({ call: PlanCall, group: GroupRun });
export type GroupCall = z.infer<typeof GroupCall>;

export const MembersLook = z.object({ call: PlanCall, members: z.array(MemberRun) });
export type MembersLook = z.infer<typeof MembersLook>;

/** A group begins, waits for a person, goes on, or ends. */
export const GroupMark = z.object({
  call: PlanCall,
  taskId: z.string(),
  mark: z.enum(['started', 'waiting', 'resumed', 'succeeded', 'failed']),
  text: z.string().default(''),
  members: z.array(MemberRun).default([]),
});
export type GroupMark = z.infer<typeof GroupMark>;

/** A script of an action: by an agent beside the first machine of the group. Called again with what the agent reported. */
export const ActionCall = z.object({
  call: PlanCall,
  group: GroupRun,
  action: PlanAction,
  results: z.array(TaskResult).default([]),
});
export type ActionCall = z.infer<typeof ActionCall>;

export const ActionEnd = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done') }),
  z.object({ state: z.literal('waiting'), taskId: z.string() }),
  z.object({ state: z.literal('failed'), message: z.string() }),
]);
export type ActionEnd = z.infer<typeof ActionEnd>;

export const FinishPlan = z.object({ call: PlanCall, outcome: JobOutcome });
export type FinishPlan = z.infer<typeof FinishPlan>;
