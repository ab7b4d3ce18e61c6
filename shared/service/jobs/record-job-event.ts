import type { JobRecord } from '../../contracts/jobs/record';
import type { ReplicationEvent } from '../../contracts/catalogue/event';
import { ticksOf } from '../../model/time-ordered-id';
import type { Records } from '../../ports/records';
import { putResource } from '../catalogue/resources';

const jobStatusCode = 'd32574f6-f59e-4545-b5ac-bc88d545f089';
const severities = { Succeeded: 'OK', Failed: 'Critical', Cancelled: 'Warning' } as const;

/** Writes an event where people look for what happened in a vault. Its name sorts by time. Safe to repeat. */
export async function recordEvent(
  records: Records,
  { vaultId, uuid, event }: { vaultId: string; uuid: string; event: ReplicationEvent },
): Promise<void> {
  const name = `VmMonitoringEvent;${ticksOf(event.timeInMs)}_${uuid}`;
  await putResource(records, {
    id: `${vaultId}/replicationEvents/${name}`,
    name,
    type: 'Microsoft.RecoveryServices/vaults/replicationEvents',
    properties: event,
  });
}

/** Every job's end is an event of its vault, once: its name is the job's. */
export async function recordJobEvent(records: Records, job: JobRecord): Promise<void> {
  const severity = Object.entries(severities).find(([state]) => state === job.state)?.[1] ?? 'Unknown';
  await recordEvent(records, {
    vaultId: job.vaultId,
    uuid: job.jobId,
    event: {
      eventType: 'JobStatus',
      eventCode: jobStatusCode,
      severity,
      description: `${job.friendlyName}: ${job.stateDescription}`,
      timeInMs: job.endTimeInMs ?? job.acceptedAtInMs,
      affectedObjectFriendlyName: job.targetObjectName,
      affectedObjectId: job.targetId,
      healthErrors: [],
      details: {
        instanceType: 'JobStatus',
        jobId: job.jobId,
        jobFriendlyName: job.friendlyName,
        jobStatus: job.state,
        affectedObjectType: job.targetInstanceType,
      },
    },
  });
}
