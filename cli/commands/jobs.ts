import type { Command } from 'commander';
import { hasEnded, jobColumns, jobView, type JobView } from '../jobs/job-view';
import { assertSucceeded, readJob, waitForJob } from '../jobs/wait-for-job';
import type { StartSession } from '../program';
import { type JobOptions, runJob, amount, startsJob } from './job-options';
import { watching, type WatchOptions } from './watching';

interface ListOptions extends WatchOptions {
  readonly state?: string;
  readonly machine?: string;
  readonly top: number;
}

/** Jobs: the long pieces of work. */
export function jobCommands(program: Command, start: StartSession): void {
  const jobs = program.command('jobs').description('the long pieces of work, and what may be done with them');
  jobs
    .command('list')
    .description('jobs, newest first')
    .option('--state <state>', 'InProgress, Succeeded, Failed, Cancelled or Suspended')
    .option('--machine <name>', 'only those of this machine')
    .option('--top <count>', 'only so many', amount, 50)
    .option('-w, --watch [seconds]', 'look again and again', amount)
    .action(async (options: ListOptions, command: Command) => {
      const session = start(command);
      const { site, vault, group } = await session.connect();
      await watching(session, options, async () => {
        const found: JobView[] = [];
        const filter = filterOf(options);
        for await (const job of site.replicationJobs.list(vault, group, filter === '' ? {} : { filter })) {
          found.push(jobView(job));
          if (found.length >= options.top) break;
        }
        return session.text(found, jobColumns);
      });
    });
  jobs
    .command('show <job>')
    .description('one job with its tasks and errors')
    .action(async (job: string, _: object, command: Command) => {
      const session = start(command);
      await session.print(await readJob(await session.connect(), job), jobColumns);
    });
  jobs
    .command('watch <job>')
    .description('wait for the end of a job; exit code 4 if it failed')
    .option('--timeout <seconds>', 'wait no longer than this (exit code 5)', amount)
    .action(async (job: string, options: { timeout?: number }, command: Command) => {
      const session = start(command);
      const ended = await waitForJob(session, await session.connect(), job, options);
      await session.print(ended, jobColumns);
      assertSucceeded(ended);
    });
  jobVerbs(jobs, start);
}

function jobVerbs(jobs: Command, start: StartSession): void {
  jobs
    .command('cancel <job>')
    .description('ask a job to end; what must not be torn is finished or undone first')
    .action(async (job: string, _: object, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      const { site, vault, group } = connection;
      await site.replicationJobs.beginCancelAndWait(vault, group, job, { updateIntervalInMs: 500 });
      const now = await readJob(connection, job);
      if (!hasEnded(now)) session.tell(`It is being cancelled: lifeboat jobs watch ${job}`);
      await session.print(now, jobColumns);
    });
  jobs
    .command('resume <job>')
    .description('let a job go on that waits for somebody')
    .option('--comments <text>', 'what was done meanwhile', '')
    .action(async (job: string, { comments }: { comments: string }, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      const { site, vault, group } = connection;
      await site.replicationJobs.beginResumeAndWait(
        ...([vault, group, job, { properties: { comments } }] as const),
        { updateIntervalInMs: 500 },
      );
      await session.print(await readJob(connection, job), jobColumns);
    });
  startsJob(jobs.command('restart <job>'))
    .description('do a failed job again, as a new one')
    .action(async (job: string, options: JobOptions, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      const { site, vault, group } = connection;
      if (options.whatIf === true) {
        const { allowedActions } = await readJob(connection, job);
        return session.print({
          whatIf: true,
          job,
          operation: 'Restart',
          isAllowed: allowedActions.includes('Restart'),
        });
      }
      return runJob(session, connection, options, (hearing) =>
        site.replicationJobs.beginRestart(vault, group, job, hearing),
      );
    });
}

function filterOf({ state, machine }: ListOptions): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  return [
    ...(state === undefined ? [] : [`state eq ${quoted(state)}`]),
    ...(machine === undefined ? [] : [`targetObjectName eq ${quoted(machine)}`]),
  ].join(' and ');
}
