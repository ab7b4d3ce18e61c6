import type { JobError, JobTask, JobRecord } from '../../contracts/jobs/record';
import type { Resource } from '../../contracts/catalogue/resource';
import { jobIn } from '../../service/jobs/job-ledger';
import { wireTime } from '../resources/wire-words';

const noDate = '0001-01-01T00:00:00';

/** A job on the wire. A list shows no tasks and no details. */
export function presentJob(resource: Resource, { brief }: { brief: boolean }): Record<string, unknown> {
  const job = jobIn(resource);
  return {
    activityId: job.activityId,
    scenarioName: job.scenarioName,
    friendlyName: job.friendlyName,
    state: job.state,
    stateDescription: job.stateDescription,
    tasks: brief ? [] : job.tasks.map(presentTask),
    errors: job.errors.map((error) => presentError(error, '')),
    startTime: wireTime(job.startTimeInMs ?? job.acceptedAtInMs),
    endTime: wireTime(job.endTimeInMs),
    allowedActions: allowedActions(job),
    targetObjectId: job.targetObjectId,
    targetObjectName: job.targetObjectName,
    targetInstanceType: job.targetInstanceType,
    customDetails: brief ? null : customDetails(job),
  };
}

/** What a user may do with a job now. */
export function allowedActions(job: JobRecord): readonly string[] {
  switch (job.state) {
    case 'NotStarted':
    case 'InProgress':
      return job.stateDescription === 'Cancelling' ? [] : ['Cancel'];
    case 'Suspended':
      return ['Cancel', 'Resume'];
    case 'Failed':
      return ['Restart'];
    case 'Succeeded':
    case 'Cancelled':
    case 'Other':
      return [];
  }
}

function customDetails(job: JobRecord): unknown {
  const affectedObjectDetails = job.affectedObjectDetails;
  if (job.customDetails !== undefined) return { affectedObjectDetails, ...job.customDetails };
  return job.verb === undefined ? null : { instanceType: 'AsrJobDetails', affectedObjectDetails };
}

function presentTask(task: JobTask): Record<string, unknown> {
  const isSkipped = task.state === 'Skipped';
  return {
    taskId: task.taskId,
    name: task.name,
    friendlyName: task.friendlyName,
    startTime: wireTime(task.startTimeInMs) ?? noDate,
    endTime: wireTime(task.endTimeInMs) ?? noDate,
    allowedActions: task.state === 'Suspended' ? ['Resume'] : [],
    state: isSkipped ? 'Other' : task.state,
    stateDescription: isSkipped ? 'Skipped' : task.state === 'Succeeded' ? 'Completed' : task.state,
    taskType: task.details?.['instanceType'] ?? 'TaskDetails',
    customDetails: task.details ?? null,
    groupTaskCustomDetails: null,
    errors: task.errors.map((error) => presentError(error, task.taskId)),
  };
}

function presentError(error: JobError, taskId: string): Record<string, unknown> {
  return {
    serviceErrorDetails: {
      code: error.code,
      message: error.message,
      possibleCauses: error.causes,
      recommendedAction: error.action,
      activityId: null,
    },
    providerErrorDetails: null,
    errorLevel: 'Error',
    creationTime: wireTime(error.timeInMs),
    taskId,
  };
}
