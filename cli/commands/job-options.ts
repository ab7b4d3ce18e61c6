import { type Command, InvalidArgumentError } from 'commander';
import type { Connection } from '../connect/connection';
import { jobColumns } from '../jobs/job-view';
import { sayWhy } from '../jobs/say-why';
import { type HearingOptions, startJob } from '../jobs/start-job';
import { assertSucceeded, waitForJob } from '../jobs/wait-for-job';
import type { Session } from '../session';

export interface JobOptions {
  /** False with `--no-wait`. */
  readonly wait: boolean;
  readonly timeout?: number;
  readonly whatIf?: boolean;
  /** Why it is done; undefined for what asks for no reason. */
  readonly reason?: string;
}

export interface DangerOptions extends JobOptions {
  readonly yes?: boolean;
}

/** The options of every command that starts a job. */
export function startsJob(command: Command): Command {
  return command
    .option('--no-wait', 'do not wait for the job: print its id and go')
    .option('--timeout <seconds>', 'wait no longer than this (exit code 5); the job goes on', amount)
    .option('--what-if', 'show what would be asked for and whether it is allowed; change nothing');
}

/** ... and of those that destroy something, which ask first. */
export function isDangerous(command: Command): Command {
  return startsJob(command).option('-y, --yes', 'do not ask');
}

/** ... and of those that fail over: who reads the evidence years later wants to know why. */
export function takesReason(command: Command): Command {
  return command.option('--reason <text>', 'why, for the evidence');
}

/** An option that is a number from 0 on. */
export function amount(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number from 0 on.');
  }
  return value;
}

/** Starts a job and, if wanted, waits for its end. What is printed is the job, either way. */
export async function runJob(
  session: Session,
  connection: Connection,
  options: JobOptions,
  begin: (options: HearingOptions) => Promise<unknown>,
): Promise<void> {
  if (options.reason !== undefined) connection.site.pipeline.addPolicy(sayWhy(options.reason));
  const jobId = await startJob(begin);
  if (!options.wait) {
    session.tell(`The job runs. lifeboat jobs watch ${jobId}`);
    await session.print({ job: jobId });
    return;
  }
  const job = await waitForJob(session, connection, jobId, options);
  await session.print(job, jobColumns);
  assertSucceeded(job);
}
