import { z } from 'zod';
import { cancelRequested, resumeRequested, type JobRecord } from '../../contracts/jobs/record';
import { LifeboatError } from '../../errors';
import type { Verb } from '../../model/scenarios/scenario';
import { planOrchestrations } from '../../contracts/jobs/plan-jobs';
import { acceptJob, newJobId, type Taking } from '../../service/jobs/accept-job';
import { jobIdOf, jobIn, jobLedger } from '../../service/jobs/job-ledger';
import { everyResource, requireResource } from '../../service/catalogue/resources';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { parseFilter } from '../resources/filter';
import { readOne } from '../resources/read';
import { accepted, officeOf } from './accepted';
import { control } from './control';
import { allowedActions, presentJob } from './present-job';
import { startIfForgotten } from '../../service/jobs/accept-job';

export const ResumeBody = z.looseObject({
  properties: z.looseObject({ comments: z.string().max(4096).nullish() }).nullish(),
});

const text = z.string().max(2048).nullish();
export const ExportBody = z.looseObject({
  startTime: text,
  endTime: text,
  fabricId: text,
  affectedObjectTypes: text,
  jobStatus: text,
  jobOutputType: z.enum(['Json', 'Xml', 'Excel']).nullish(),
  jobName: text,
  timezoneOffset: z.number().nullish(),
});

const words = { targetInstanceType: 'Job' };

/** A job, started if it was written down and then forgotten. */
export async function readJob(call: Call): Promise<ApiAnswer> {
  const { resource } = await requireResource(call.services.records, call.resourceId);
  await startIfForgotten(officeOf(call), jobIn(resource));
  return readOne(call);
}

/** Asks the job to end. It ends when it sees fit: what must not be torn is finished or undone first. */
export async function cancelJob(call: Call): Promise<ApiAnswer> {
  const job = await jobAllowing(call, 'Cancel');
  await jobLedger(call.services.records, call.services.clock).annotate(job, () => ({
    stateDescription: 'Cancelling',
  }));
  await call.services.jobs.tell(job.jobId, cancelRequested.name, {});
  return control(call, {
    scenarioName: 'CancelJob',
    friendlyName: 'Cancel job',
    ...words,
    changes: [],
    resultId: jobIdOf(job),
  });
}

/** Lets a suspended job go on. */
export async function resumeJob(call: Call, body: z.infer<typeof ResumeBody>): Promise<ApiAnswer> {
  const job = await jobAllowing(call, 'Resume');
  await call.services.jobs.tell(job.jobId, resumeRequested.name, {
    comments: body.properties?.comments ?? null,
  });
  return control(call, {
    scenarioName: 'ResumeJob',
    friendlyName: 'Resume job',
    ...words,
    changes: [],
    resultId: jobIdOf(job),
  });
}

/** Does a failed job again, as a new one with the same input. */
export async function restartJob(call: Call): Promise<ApiAnswer> {
  const job = await jobAllowing(call, 'Restart');
  const jobId = newJobId(call.services);
  const { startTimeInMs: _start, endTimeInMs: _end, ...unbegun } = job;
  const record = await acceptJob(
    officeOf(call),
    {
      ...unbegun,
      jobId,
      input: { ...job.input, jobId },
      tasks: job.tasks.map(({ taskId, name, friendlyName }) => ({ taskId, name, friendlyName })),
      activityId: call.activityId,
      requestedBy: call.caller.objectId,
    },
    takingOf(job),
  );
  return accepted(call, record);
}

/** Writes down the jobs that a query chooses; the job's details say where they can be read. */
export async function exportJobs(call: Call, query: z.infer<typeof ExportBody>): Promise<ApiAnswer> {
  const chosen = parseFilter(filterOf(query));
  const jobs: Record<string, unknown>[] = [];
  for await (const { resource } of everyResource(call.services.records, call.vaultId, 'replicationJobs')) {
    const shown = presentJob(resource, { brief: true });
    if (chosen(shown)) jobs.push({ name: resource.name, ...shown });
    if (jobs.length === 1_000) break;
  }
  const exportId = newJobId(call.services);
  const id = `${call.vaultId}/replicationJobExports/${exportId}`;
  const type = 'Microsoft.RecoveryServices/vaults/replicationJobExports';
  return control(call, {
    scenarioName: 'ExportJobs',
    friendlyName: 'Export jobs',
    ...words,
    changes: [{ change: 'put', resource: { id, name: exportId, type, properties: { jobs } } }],
    resultId: id,
    customDetails: {
      instanceType: 'ExportJobDetails',
      blobUri: `${call.address}${id}?api-version=${call.apiVersion}`,
      sasToken: '',
    },
  });
}

async function jobAllowing(call: Call, action: string): Promise<JobRecord> {
  const { resource } = await requireResource(call.services.records, call.resourceId);
  const job = jobIn(resource);
  if (allowedActions(job).includes(action)) return job;
  throw new LifeboatError(
    'OperationNotAllowed',
    `A job that is ${job.stateDescription} does not allow ${action}.`,
    { target: resource.id },
  );
}

function takingOf(job: JobRecord): Taking | undefined {
  if (job.orchestration === 'undeleteProtection' || job.orchestration === 'purgeDeletedItem')
    return { deletedItem: job.targetId, verb: job.orchestration };
  if (job.verb !== undefined) return { item: job.targetId, verb: job.verb as Verb };
  return job.orchestration in planOrchestrations
    ? { plan: job.targetId, verb: job.orchestration }
    : undefined;
}

/** The query of an export, as the filter that it is. */
function filterOf(query: z.infer<typeof ExportBody>): string {
  const given = (value: unknown): value is string => typeof value === 'string' && value !== '';
  const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const anyOf = (field: string, values: string): string =>
    `(${values
      .split(',')
      .map((value) => `${field} eq ${quoted(value.trim())}`)
      .join(' or ')})`;
  return [
    ...(given(query.startTime) ? [`startTime ge ${quoted(query.startTime)}`] : []),
    ...(given(query.endTime) ? [`startTime le ${quoted(query.endTime)}`] : []),
    ...(given(query.jobStatus) ? [anyOf('state', query.jobStatus)] : []),
    ...(given(query.jobName) ? [anyOf('scenarioName', query.jobName)] : []),
    ...(given(query.affectedObjectTypes) ? [anyOf('targetInstanceType', query.affectedObjectTypes)] : []),
    "state ne ''",
  ].join(' and ');
}
