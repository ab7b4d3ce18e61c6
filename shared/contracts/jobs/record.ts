import { z } from 'zod';

/** What went wrong, in the words people see. */
export const JobError = z.object({
  code: z.string(),
  message: z.string(),
  causes: z.string().default(''),
  action: z.string().default(''),
  timeInMs: z.number(),
});
export type JobError = z.infer<typeof JobError>;

const taskStates = [
  'NotStarted',
  'InProgress',
  'Succeeded',
  'Failed',
  'Cancelled',
  'Skipped',
  'Suspended',
] as const;

/** One step of a job, by Site Recovery's names. */
export const JobTask = z.object({
  /** `EnableProtectionPreflightChecksTask` ... */
  taskId: z.string(),
  name: z.string(),
  friendlyName: z.string(),
  state: z.enum(taskStates),
  startTimeInMs: z.number().optional(),
  endTimeInMs: z.number().optional(),
  /** What a task of its own kind adds, in the API's words: a child job, a script, a manual action. */
  details: z.record(z.string(), z.unknown()).optional(),
  errors: z.array(JobError).default([]),
});
export type JobTask = z.infer<typeof JobTask>;

const jobStates = [
  'NotStarted',
  'InProgress',
  'Succeeded',
  'Failed',
  'Cancelled',
  'Suspended',
  'Other',
] as const;
export type RecordedJobState = (typeof jobStates)[number];

/** A long piece of work the user can watch. Its id is the orchestration's and the operation's. */
export const JobRecord = z.object({
  jobId: z.string(),
  vaultId: z.string(),
  /** `EnableDr`, `TestFailover` ... */
  scenarioName: z.string(),
  friendlyName: z.string(),
  state: z.enum(jobStates),
  /** `Completed`, `PartiallySucceeded`, `Cancelling`, `WaitingForStopTestFailover` ... */
  stateDescription: z.string(),
  /** The ARM id of what it works on, and what to show as its target. */
  targetId: z.string(),
  targetObjectId: z.string(),
  targetObjectName: z.string(),
  /** `ProtectionEntity`, `Server`, `ProtectionContainer`, `RecoveryPlan` ... */
  targetInstanceType: z.string(),
  tasks: z.array(JobTask),
  errors: z.array(JobError),
  acceptedAtInMs: z.number(),
  startTimeInMs: z.number().optional(),
  endTimeInMs: z.number().optional(),
  activityId: z.string(),
  customDetails: z.record(z.string(), z.unknown()).optional(),
  affectedObjectDetails: z.record(z.string(), z.string()).default({}),
  /** The verb that holds the item, for jobs of a protected item. */
  verb: z.string().optional(),
  /** What runs it, so that whoever reads the record may start it (again). */
  orchestration: z.string(),
  input: z.record(z.string(), z.unknown()),
  /** What the operation answers in the end: this resource, or nothing (204) if it is absent. */
  resultId: z.string().optional(),
  requestedBy: z.string(),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** The tasks a job is born with. */
export type TaskPlan = Pick<JobTask, 'taskId' | 'name' | 'friendlyName'>;

/** How a job ended. */
export const JobOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('Succeeded'), description: z.string().optional() }),
  z.object({ state: z.literal('Failed'), error: JobError.omit({ timeInMs: true }) }),
  z.object({ state: z.literal('Cancelled') }),
]);
export type JobOutcome = z.infer<typeof JobOutcome>;

/** Tells a running job that its user wants it to end. Its data is `{}`. */
export const cancelRequested = { name: 'cancelRequested', data: z.looseObject({}) };

/** Tells a suspended job to go on, with what the user had to say. */
export const resumeRequested = {
  name: 'resumeRequested',
  data: z.looseObject({ comments: z.string().nullish() }),
};
