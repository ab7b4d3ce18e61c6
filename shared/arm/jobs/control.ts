import type { CatalogueChange } from '../../contracts/jobs/control-job';
import type { Resource } from '../../contracts/catalogue/resource';
import { LifeboatError } from '../../errors';
import { findHolder } from '../../service/catalogue/references';
import { readResource, replaceResource } from '../../service/catalogue/resources';
import { acceptJob } from '../../service/jobs/accept-job';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { checkConditions, ifMatch } from '../resources/read';
import { accepted, jobOf, officeOf } from './accepted';

/** A job that only changes the catalogue, as people will see it. */
export interface ControlPlan {
  /** `CreateSite`, "Create a site", `Server`. */
  readonly scenarioName: string;
  readonly friendlyName: string;
  readonly targetInstanceType: string;
  readonly changes: readonly CatalogueChange[];
  /** Nothing may refer to these, now or when the change is made. */
  readonly unreferred?: readonly string[];
  /** What the operation answers in the end; nothing for a removal. */
  readonly resultId?: string;
  readonly customDetails?: Record<string, unknown>;
}

/** Checks what can be checked at once, then accepts the job. */
export async function control(call: Call, plan: ControlPlan): Promise<ApiAnswer> {
  const { records } = call.services;
  const stored = await readResource(records, call.resourceId);
  checkConditions(call, stored?.etag);
  for (const id of plan.unreferred ?? []) await refuseIfHeld(call, id);

  const job = jobOf(call, {
    scenarioName: plan.scenarioName,
    friendlyName: plan.friendlyName,
    targetInstanceType: plan.targetInstanceType,
    orchestration: 'controlJob',
    targetId: call.resourceId,
    targetObjectName: call.resourceId.split('/').at(-1) ?? '',
    input: (jobId) => ({
      jobId,
      vaultId: call.vaultId,
      changes: plan.changes,
      unreferred: plan.unreferred ?? [],
    }),
  });
  const etag = ifMatch(call);
  if (etag !== undefined && stored !== undefined) {
    await claim(call, { resource: stored.resource, etag, jobId: job.jobId });
  }
  const record = await acceptJob(officeOf(call), {
    ...job,
    ...(plan.resultId === undefined ? {} : { resultId: plan.resultId }),
    ...(plan.customDetails === undefined ? {} : { customDetails: plan.customDetails }),
  });
  return accepted(call, record);
}

/** Refuses while something refers to the resource, and names it. */
export async function refuseIfHeld(call: Call, id: string): Promise<void> {
  const holder = await findHolder(call.services.records, id);
  if (holder !== undefined) {
    throw new LifeboatError('ResourceInUse', `"${id}" is used by "${holder}".`, { target: holder });
  }
}

/** A conditional change is promised to one job at once: of many callers with one etag, the first wins. */
async function claim(
  call: Call,
  { resource, etag, jobId }: { resource: Resource; etag: string; jobId: string },
): Promise<void> {
  await replaceResource(call.services.records, { ...resource, claimedBy: jobId }, etag);
}
