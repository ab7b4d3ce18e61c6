import {
  FailoverJob,
  failoverSteps,
  StepCall,
  StepEnd,
  type FailoverStep,
} from '../../shared/contracts/jobs/failover-steps';
import { JobOutcome } from '../../shared/contracts/jobs/record';
import { z } from 'zod';
import type { Activity } from '../durable';

export type StepActivity = Activity<StepCall, StepEnd>;

/** One activity for each step of a failover. */
export const failoverActivities = Object.fromEntries(
  failoverSteps.map((name) => [name, { name, input: StepCall, output: StepEnd }]),
) as unknown as Readonly<Record<FailoverStep, StepActivity>>;

export const FinishFailover = z.object({ job: FailoverJob, outcome: JobOutcome });
export type FinishFailover = z.infer<typeof FinishFailover>;

/** Ends the job that people see, and moves the item along its scenario's table. */
export const finishFailover = {
  name: 'finishFailover',
  input: FinishFailover,
  output: JobOutcome,
} satisfies Activity<FinishFailover, JobOutcome>;
