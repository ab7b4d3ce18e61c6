import { z } from 'zod';
import {
  ActionCall,
  ActionEnd,
  FinishPlan,
  GroupCall,
  GroupMark,
  MemberRun,
  MembersLook,
  OpenedPlan,
  PlanCall,
} from '../../shared/contracts/jobs/plan-steps';
import { JobOutcome } from '../../shared/contracts/jobs/record';
import type { Activity } from '../durable';

const Members = z.array(MemberRun);
const Nothing = z.unknown();

/** What the jobs of recovery plans call. Each is safe to repeat. */
export const planActivities = {
  openPlan: { name: 'openPlan', input: PlanCall, output: OpenedPlan } satisfies Activity<
    PlanCall,
    OpenedPlan
  >,
  startMembers: { name: 'startMembers', input: GroupCall, output: Members } satisfies Activity<
    GroupCall,
    MemberRun[]
  >,
  lookAtMembers: { name: 'lookAtMembers', input: MembersLook, output: Members } satisfies Activity<
    MembersLook,
    MemberRun[]
  >,
  markGroup: { name: 'markGroup', input: GroupMark, output: Nothing } satisfies Activity<GroupMark, unknown>,
  runPlanScript: { name: 'runPlanScript', input: ActionCall, output: ActionEnd } satisfies Activity<
    ActionCall,
    ActionEnd
  >,
  finishPlan: { name: 'finishPlan', input: FinishPlan, output: JobOutcome } satisfies Activity<
    FinishPlan,
    JobOutcome
  >,
};
