import type { Connection } from '../connect/connection';
import { explainError } from '../explain-error';
import { exitCodes, Failure, notFound } from '../failure';
import type { Session } from '../session';
import { hasEnded, jobView, type JobView } from './job-view';

export interface Patience {
  /** Seconds; for ever where nothing is said. */
  readonly timeout?: number;
}

const firstPauseInMs = 200;
const longestPauseInMs = 5_000;

/** Looks after a job until it has ended, and tells of its tasks meanwhile. */
export async function waitForJob(
  session: Session,
  connection: Connection,
  jobId: string,
  { timeout }: Patience,
): Promise<JobView> {
  const { around } = session;
  const deadlineInMs = timeout === undefined ? Infinity : around.now() + timeout * 1000;
  const told = new Map<string, string>();
  let pauseInMs = firstPauseInMs;
  for (;;) {
    const job = await readJob(connection, jobId);
    tellProgress(session, job, told);
    if (hasEnded(job)) return job;
    const leftInMs = deadlineInMs - around.now();
    if (leftInMs <= 0) throw tooLate(jobId, job);
    await around.sleep(Math.min(pauseInMs, leftInMs)).catch((error: unknown) => {
      throw around.interrupted.aborted ? leftAlone(jobId) : error;
    });
    pauseInMs = Math.min(pauseInMs * 1.5, longestPauseInMs);
  }
}

export async function readJob({ site, vault, group }: Connection, jobId: string): Promise<JobView> {
  const job = await site.replicationJobs.get(vault, group, jobId).catch((error: unknown) => {
    const { exitCode, message } = explainError(error);
    // The vault may be missing too.
    if (exitCode !== exitCodes.notFound || !message.includes(`"${jobId}"`)) throw error;
    throw notFound(
      `There is no job "${jobId}" in the vault ${vault}.`,
      'lifeboat jobs list shows those there are.',
    );
  });
  return jobView(job);
}

/** A job that failed is the failure of the command that started it. */
export function assertSucceeded(job: JobView): void {
  if (job.state === 'Succeeded') return;
  const [error] = job.errors;
  const reason = error === undefined ? job.description : `${error.code}: ${error.message}`;
  throw new Failure(
    exitCodes.jobFailed,
    `The job ${job.name} of ${job.target} ended ${job.state}. ${reason}`,
    {
      causes: error?.causes,
      action: error === undefined || error.action === '' ? `lifeboat jobs show ${job.job}` : error.action,
    },
  );
}

function tellProgress(session: Session, job: JobView, told: Map<string, string>): void {
  if (job.state === 'Suspended' && told.get('') !== job.state) {
    session.tell(`  · The job waits for somebody: lifeboat jobs resume ${job.job}`);
  }
  told.set('', job.state);
  for (const { task, state } of job.tasks) {
    if (told.get(task) === state || state === 'NotStarted') continue;
    told.set(task, state);
    session.tell(`  ${mark(state)} ${task}${state === 'Completed' ? '' : ` (${state})`}`);
  }
}

function mark(state: string): string {
  if (state === 'Completed') return '✓';
  return state === 'Failed' ? '✗' : '·';
}

function tooLate(jobId: string, job: JobView): Failure {
  return new Failure(exitCodes.timedOut, `The job ${job.name} has not ended in time; it goes on.`, {
    action: `lifeboat jobs watch ${jobId}`,
  });
}

function leftAlone(jobId: string): Failure {
  return new Failure(exitCodes.interrupted, 'Interrupted. The job goes on without you.', {
    action: `lifeboat jobs watch ${jobId}, or lifeboat jobs cancel ${jobId}`,
  });
}
