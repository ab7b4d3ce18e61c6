import { present } from '../../assert';
import type { Resource } from '../../contracts/catalogue/resource';
import {
  JobRecord,
  type JobError,
  type JobOutcome,
  type JobTask,
  type TaskPlan,
} from '../../contracts/jobs/record';
import type { Clock } from '../../ports/clock';
import type { Events, LifeboatEvent } from '../../ports/events';
import type { Records } from '../../ports/records';
import { changeResource, createResource, readResource } from '../catalogue/resources';
import { recordJobEvent } from './record-job-event';
import { settleTarget } from './settle-target';

/** A job before it begins. */
export type NewJob = Omit<
  JobRecord,
  'state' | 'stateDescription' | 'tasks' | 'errors' | 'acceptedAtInMs' | 'affectedObjectDetails'
> & {
  readonly tasks?: readonly TaskPlan[];
  readonly affectedObjectDetails?: Record<string, string>;
};

/** A job's place: the vault it belongs to, and its id. */
export interface JobName {
  readonly vaultId: string;
  readonly jobId: string;
}

/** What a task ended with. */
export interface TaskEnd {
  readonly state: 'Succeeded' | 'Failed' | 'Cancelled' | 'Skipped';
  readonly error?: Omit<JobError, 'timeInMs'>;
  readonly details?: Record<string, unknown>;
}

/** The records of jobs that people watch. Every method is safe to repeat; what has ended stays as it ended. */
export interface JobLedger {
  /** Writes the job down, not yet started. An id that is there already is left as it is. */
  begin(job: NewJob): Promise<JobRecord>;
  find(job: JobName): Promise<JobRecord | undefined>;
  startTask(job: JobName, taskId: string): Promise<void>;
  endTask(job: JobName, taskId: string, end: TaskEnd): Promise<void>;
  /** The job waits for a person; `description` says for what. */
  suspend(job: JobName, description: string): Promise<void>;
  /** Changes what the job shows: its customDetails, its state's description, more tasks. */
  annotate(job: JobName, change: (record: JobRecord) => Partial<JobRecord>): Promise<void>;
  /** Ends the job: moves its target along the state table, lets go of it, and tells the vault's events. */
  finish(job: JobName, outcome: JobOutcome): Promise<void>;
}

const ended = new Set(['Succeeded', 'Failed', 'Cancelled']);

/** True when nothing will happen to the job any more. */
export function hasEnded(job: JobRecord): boolean {
  return ended.has(job.state);
}

/** The ARM id of a job. */
export function jobIdOf({ vaultId, jobId }: JobName): string {
  return `${vaultId}/replicationJobs/${jobId}`;
}

/** The job in a record of the catalogue. */
export function jobIn(resource: Resource): JobRecord {
  return JobRecord.parse(resource.properties);
}

/** With `events`, every job's end is published too; the same end always under the same id. */
export function jobLedger(records: Records, clock: Clock, events?: Events): JobLedger {
  async function change(name: JobName, how: (job: JobRecord) => JobRecord): Promise<JobRecord> {
    const stored = await changeResource(records, jobIdOf(name), (current) => {
      const job = jobIn(current);
      return hasEnded(job) ? undefined : { ...current, properties: how(job) };
    });
    return jobIn(stored.resource);
  }
  const running = (job: JobRecord): JobRecord => ({
    ...job,
    state: 'InProgress',
    stateDescription: job.stateDescription === 'Cancelling' ? 'Cancelling' : 'InProgress',
    startTimeInMs: job.startTimeInMs ?? clock.now(),
  });

  return {
    begin: async (job) => begin(records, clock, job),
    find: async (name) => {
      const stored = await readResource(records, jobIdOf(name));
      return stored === undefined ? undefined : jobIn(stored.resource);
    },
    startTask: async (name, taskId) => {
      await change(name, (job) => withTask(running(job), taskId, startedAt(clock.now())));
    },
    endTask: async (name, taskId, end) => {
      await change(name, (job) => withTask(running(job), taskId, endedAt(clock.now(), end)));
    },
    suspend: async (name, description) => {
      await change(name, (job) => ({ ...job, state: 'Suspended', stateDescription: description }));
    },
    annotate: async (name, how) => {
      await change(name, (job) => ({ ...job, ...how(job) }));
    },
    finish: async (name, outcome) => {
      const stored = present(await readResource(records, jobIdOf(name)), `job ${name.jobId}`);
      const job = jobIn(stored.resource);
      if (!hasEnded(job)) await settleTarget(records, clock, { job, outcome });
      const done = await change(name, (current) => finished(current, outcome, clock.now()));
      await recordJobEvent(records, done);
      await events?.publish(endOf(done));
    },
  };
}

function endOf(job: JobRecord): LifeboatEvent {
  return {
    id: `${job.jobId}-ended`,
    type: 'lifeboat.job.ended',
    subject: jobIdOf(job),
    timeInMs: job.endTimeInMs ?? job.acceptedAtInMs,
    data: {
      jobId: job.jobId,
      scenarioName: job.scenarioName,
      state: job.state,
      stateDescription: job.stateDescription,
      durationInMs: (job.endTimeInMs ?? job.acceptedAtInMs) - job.acceptedAtInMs,
      targetId: job.targetId,
      errors: job.errors,
    },
  };
}

async function begin(records: Records, clock: Clock, job: NewJob): Promise<JobRecord> {
  const id = jobIdOf(job);
  const there = await readResource(records, id);
  if (there !== undefined) return jobIn(there.resource);
  const record: JobRecord = JobRecord.parse({
    ...job,
    state: 'NotStarted',
    stateDescription: 'NotStarted',
    tasks: (job.tasks ?? []).map((task) => ({ ...task, state: 'NotStarted' })),
    errors: [],
    acceptedAtInMs: clock.now(),
  });
  const type = 'Microsoft.RecoveryServices/vaults/replicationJobs';
  await createResource(records, { id, name: job.jobId, type, properties: record });
  return record;
}

function withTask(job: JobRecord, taskId: string, how: (task: JobTask) => JobTask): JobRecord {
  return { ...job, tasks: job.tasks.map((task) => (task.taskId === taskId ? how(task) : task)) };
}

function startedAt(timeInMs: number): (task: JobTask) => JobTask {
  return (task) =>
    task.state === 'NotStarted' ? { ...task, state: 'InProgress', startTimeInMs: timeInMs } : task;
}

function endedAt(timeInMs: number, { state, error, details }: TaskEnd): (task: JobTask) => JobTask {
  return (task) => ({
    ...task,
    state,
    startTimeInMs: task.startTimeInMs ?? timeInMs,
    endTimeInMs: task.endTimeInMs ?? timeInMs,
    ...(details === undefined ? {} : { details }),
    errors: error === undefined ? task.errors : [{ ...error, timeInMs }],
  });
}

function finished(job: JobRecord, outcome: JobOutcome, timeInMs: number): JobRecord {
  const failed = outcome.state === 'Failed' ? [{ ...outcome.error, timeInMs }] : [];
  const description = outcome.state === 'Succeeded' ? (outcome.description ?? 'Completed') : outcome.state;
  return {
    ...job,
    state: outcome.state,
    stateDescription: description,
    errors: [...job.errors, ...failed],
    startTimeInMs: job.startTimeInMs ?? timeInMs,
    endTimeInMs: timeInMs,
    tasks: job.tasks.map((task) =>
      task.state === 'InProgress' || task.state === 'Suspended'
        ? endedAt(timeInMs, { state: outcome.state })(task)
        : task,
    ),
  };
}
