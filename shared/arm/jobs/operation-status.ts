import type { JobRecord } from '../../contracts/jobs/record';
import { LifeboatError } from '../../errors';
import { readResource } from '../../service/catalogue/resources';
import { startIfForgotten } from '../../service/jobs/accept-job';
import { hasEnded, jobLedger } from '../../service/jobs/job-ledger';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { presentResource } from '../resources/presenters';
import { wireTime } from '../resources/wire-words';
import { officeOf, retryAfter } from './accepted';

/** Where a long-running operation stands. Always 200: how it ended is in the body. */
export async function operationStatus(call: Call): Promise<ApiAnswer> {
  const job = await jobOfCall(call);
  const item =
    job.scenarioName === 'SwitchProvider' && job.state === 'Succeeded' ? await result(call, job) : null;
  return ok(
    {
      id: null,
      name: job.jobId,
      status: wordOf(job),
      startTime: wireTime(job.startTimeInMs ?? job.acceptedAtInMs),
      endTime: wireTime(job.endTimeInMs),
      percentComplete: null,
      properties: item,
      error: errorOf(job),
    },
    hasEnded(job) ? {} : retryAfter(call),
  );
}

/** What a long-running operation came to: 202 while it runs, then the resource, or nothing where nothing is left. */
export async function operationResults(call: Call): Promise<ApiAnswer> {
  const job = await jobOfCall(call);
  if (!hasEnded(job)) {
    const here = `${call.address}${call.path}?api-version=${encodeURIComponent(call.apiVersion)}`;
    return { status: 202, headers: { Location: here, ...retryAfter(call) } };
  }
  if (job.state === 'Failed') {
    const [error] = job.errors;
    throw new LifeboatError('JobFailed', error?.message ?? 'The job failed.', { target: job.targetId });
  }
  if (job.state === 'Cancelled') throw new LifeboatError('JobCancelled', 'The job was cancelled.');
  const shown = await result(call, job);
  return shown === null ? { status: 204 } : ok(shown);
}

async function jobOfCall(call: Call): Promise<JobRecord> {
  const jobId = call.params['jobId'] ?? '';
  const job = await jobLedger(call.services.records, call.services.clock).find({
    vaultId: call.vaultId,
    jobId,
  });
  if (job === undefined)
    throw new LifeboatError('NotFound', `There is no operation "${jobId}" in this vault.`);
  await startIfForgotten(officeOf(call), job);
  return job;
}

async function result(call: Call, job: JobRecord): Promise<Record<string, unknown> | null> {
  const stored =
    job.resultId === undefined ? undefined : await readResource(call.services.records, job.resultId);
  return stored === undefined ? null : presentResource(stored.resource);
}

function wordOf(job: JobRecord): string {
  switch (job.state) {
    case 'Succeeded':
    case 'Failed':
      return job.state;
    // One l: the only spelling that every client knows.
    case 'Cancelled':
      return 'Canceled';
    case 'NotStarted':
    case 'InProgress':
    case 'Suspended':
    case 'Other':
      return 'InProgress';
  }
}

function errorOf(job: JobRecord): unknown {
  if (job.state === 'Cancelled')
    return { code: 'JobCancelled', message: 'The job was cancelled.', details: null };
  if (job.state !== 'Failed') return null;
  const [error] = job.errors;
  return {
    code: error?.code ?? 'JobFailed',
    message: error?.message ?? 'The job failed; its tasks say where.',
    details: null,
  };
}
