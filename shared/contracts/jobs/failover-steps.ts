import { z } from 'zod';
import { instanceTypes, verbs } from '../../model/scenarios/scenario';
import { TaskResult } from '../agent/report';
import { JobError } from './record';

/** A job of an item as its steps read it; which of the optional parts are there depends on the verb. */
export const FailoverJob = z.looseObject({
  jobId: z.uuid(),
  vaultId: z.string(),
  itemId: z.string(),
  scenario: z.enum(instanceTypes),
  verb: z.enum(verbs),
  direction: z.enum(['PrimaryToRecovery', 'RecoveryToPrimary']).optional(),
  shutDownSource: z.boolean().optional(),
  networkType: z.string().optional(),
  networkId: z.string().optional(),
  recoveryPointId: z.string().optional(),
  provider: z.record(z.string(), z.unknown()).optional(),
  newItemId: z.string().optional(),
  comments: z.string().optional(),
});
export type FailoverJob = z.infer<typeof FailoverJob>;

/** One call of a step. A step is called again after what it waited for has come, or its pause is over. */
export const StepCall = z.object({
  job: FailoverJob,
  /** The task of the job that people see; steps that nobody sees have none. */
  taskId: z.string().optional(),
  /** True for the last step of its task. */
  endsTask: z.boolean().default(true),
  /** When the step was called first. */
  sinceInMs: z.number(),
  /** What agents reported since then. */
  results: z.array(TaskResult).default([]),
});
export type StepCall = z.infer<typeof StepCall>;

export const StepError = JobError.omit({ timeInMs: true });
export type StepError = z.infer<typeof StepError>;

/** What came of it. Refusals are results: a repetition would not cure them. */
export const StepEnd = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done') }),
  /** There was nothing to do. */
  z.object({ state: z.literal('skipped') }),
  /** Call again when all these tasks were reported, or after the pause. */
  z.object({ state: z.literal('waiting'), taskIds: z.array(z.string()), pauseInMs: z.int().positive() }),
  z.object({ state: z.literal('refused'), error: StepError }),
  /** The user wanted the job to end, and it still could. */
  z.object({ state: z.literal('cancelled') }),
]);
export type StepEnd = z.infer<typeof StepEnd>;

/** The steps that failovers are made of. Each is safe to repeat; each is an activity of this name. */
export const failoverSteps = [
  'checkFailover',
  'shutDownSource',
  'skipShutDown',
  'sealSource',
  'drainReplicas',
  'fenceReplicas',
  'choosePoint',
  'makeTargetDisks',
  'startTargetMachine',
  'writeEvidence',
  'undoFailover',
  'checkCleanup',
  'endTest',
  'removeTest',
  'checkCommit',
  'makeFinal',
  'checkPointChange',
  'removeOldTarget',
  'adoptPoint',
  'takeBack',
  'checkFailback',
  'turnToTarget',
  'startReverseStream',
  'awaitReverseStream',
  'turnHome',
  'skipCommit',
  'checkReprotect',
  'reverseItem',
] as const;
export type FailoverStep = (typeof failoverSteps)[number];
