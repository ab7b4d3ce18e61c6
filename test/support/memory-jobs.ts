import type { JobState, Jobs, JobStatus } from '../../shared/ports/jobs';

/** What an orchestration of this name does with its input; what it returns is the job's output. */
export type Runner = (input: object, job: MemoryJob) => Promise<unknown>;

export interface MemoryJob {
  readonly id: string;
  readonly orchestration: string;
  readonly input: object;
  readonly events: { readonly event: string; readonly data: unknown }[];
  state: JobState;
  output: unknown;
}

/** Jobs in memory. One that has a runner is run at once; the others wait until the test ends them. */
export class MemoryJobs implements Jobs {
  readonly all = new Map<string, MemoryJob>();
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly runners: Readonly<Record<string, Runner>> = {}) {}

  async start(id: string, orchestration: string, input: object): Promise<void> {
    if (this.all.has(id)) return;
    const copy = JSON.parse(JSON.stringify(input)) as object;
    const job: MemoryJob = {
      id,
      orchestration,
      input: copy,
      events: [],
      state: 'running',
      output: undefined,
    };
    this.all.set(id, job);
    const runner = this.runners[orchestration];
    if (runner === undefined) return;
    const run = runner(copy, job).then(
      (output) => this.end(id, 'succeeded', output),
      (error: unknown) => this.end(id, 'failed', String(error)),
    );
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  async tell(id: string, event: string, data: unknown): Promise<void> {
    this.all.get(id)?.events.push({ event, data });
  }

  async terminate(id: string): Promise<void> {
    this.end(id, 'cancelled', undefined);
  }

  async status(id: string): Promise<JobStatus | undefined> {
    const job = this.all.get(id);
    return job === undefined ? undefined : { id, state: job.state, output: job.output };
  }

  async forget(id: string): Promise<void> {
    this.all.delete(id);
  }

  /** Resolves when every job that runs by itself has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  private end(id: string, state: JobState, output: unknown): void {
    const job = this.all.get(id);
    if (job?.state === 'running') Object.assign(job, { state, output });
  }
}
