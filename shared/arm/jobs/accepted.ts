import type { JobRecord } from '../../contracts/jobs/record';
import { newJobId, type JobOffice } from '../../service/jobs/accept-job';
import type { NewJob } from '../../service/jobs/job-ledger';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';

/**
 * 202, with the two addresses that every client of long-running operations knows: the job's status, and its result.
 * The same id is in both, in the request id, and in the name of the job.
 */
export function accepted(call: Call, job: JobRecord): ApiAnswer {
  const version = `api-version=${encodeURIComponent(call.apiVersion)}`;
  const status = `${call.address}${job.vaultId}/replicationOperationStatus/${job.jobId}?${version}`;
  const location = `${call.address}${call.resourceId}/operationresults/${job.jobId}?${version}`;
  return {
    status: 202,
    headers: {
      'Azure-AsyncOperation': encodeURI(decodeURI(status)),
      Location: encodeURI(decodeURI(location)),
      'x-ms-request-id': encodeURI(`${job.vaultId}/replicationJobs/${job.jobId}`),
      'Content-Length': '0',
      ...retryAfter(call),
    },
  };
}

/** Asks the client to wait, where it is wanted. */
export function retryAfter(call: Call): Record<string, string> {
  const seconds = call.services.retryAfterInSeconds;
  return seconds > 0 ? { 'Retry-After': String(seconds) } : {};
}

/** What accepting jobs needs, out of a call. */
export function officeOf(call: Call): JobOffice {
  return call.services;
}

/** The parts of a job that every operation fills in alike. */
export function jobOf(
  call: Call,
  own: Pick<
    NewJob,
    'scenarioName' | 'friendlyName' | 'targetInstanceType' | 'orchestration' | 'targetId' | 'targetObjectName'
  > & {
    readonly input: (jobId: string) => Record<string, unknown>;
  },
): NewJob {
  const { input, ...rest } = own;
  const jobId = newJobId(call.services);
  return {
    ...rest,
    jobId,
    vaultId: call.vaultId,
    targetObjectId: own.targetId,
    activityId: call.activityId,
    input: input(jobId),
    requestedBy: call.caller.objectId,
  };
}
