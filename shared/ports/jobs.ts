/** What the engine knows of a job; the record that people see is kept by the job itself. */
export type JobState = 'pending' | 'running' | 'suspended' | 'succeeded' | 'failed' | 'cancelled';

export interface JobStatus {
  readonly id: string;
  readonly state: JobState;
  readonly output: unknown;
}

/** Long work: each job is one durable orchestration, and its id is the operation's id. */
export interface Jobs {
  /** Starts the orchestration of this name. A job of this id that is there already is left as it is. */
  start(id: string, orchestration: string, input: object): Promise<void>;
  /** Tells a job something it waits for. A job that has ended ignores it. */
  tell(id: string, event: string, data: unknown): Promise<void>;
  /** Ends a job from outside, without its own clean-up: for purge only. */
  terminate(id: string, reason: string): Promise<void>;
  status(id: string): Promise<JobStatus | undefined>;
  /** Forgets a job that has ended. Safe to repeat. */
  forget(id: string): Promise<void>;
}
