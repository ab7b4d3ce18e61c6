import type { DeletedItem } from '../../contracts/catalogue/deleted-item';
import type { DeletedItemOrchestration } from '../../contracts/jobs/deleted-item-jobs';
import { LifeboatError } from '../../errors';
import { checkLinks, checkPlace } from '../../service/deleted/check-undelete';
import { deletedItemJob } from '../../service/deleted/deleted-job';
import { requireDeleted } from '../../service/deleted/deleted-records';
import { softDeleteOf } from '../../service/deleted/soft-delete-of';
import { requireResource } from '../../service/catalogue/resources';
import { acceptJob, newJobId } from '../../service/jobs/accept-job';
import type { ApiAnswer } from '../http/exchange';
import { accepted, officeOf } from '../jobs/accepted';
import type { Call } from '../operations/call';
import { checkConditions } from '../resources/read';

/** Takes a deleted item back, under its id and with its points. */
export async function undelete(call: Call): Promise<ApiAnswer> {
  const deleted = await deletedFor(call);
  await checkPlace(call.services.records, deleted);
  await checkLinks(call.services.records, deleted);
  return start(call, deleted, 'undeleteProtection');
}

/** Removes a deleted item before its time, but not where the vault says that nobody may. */
export async function purgeNow(call: Call): Promise<ApiAnswer> {
  const { records, clock } = call.services;
  const deleted = await deletedFor(call);
  const isEarly = clock.now() < deleted.purgeAtInMs;
  if (isEarly && (await softDeleteOf(records, call.vaultId))?.isAlwaysOn === true) {
    const until = new Date(deleted.purgeAtInMs).toISOString();
    throw new LifeboatError(
      'OperationNotAllowed',
      `Soft delete of the vault is always on: the item stays until ${until}.`,
      { target: call.resourceId },
    );
  }
  return start(call, deleted, 'purgeDeletedItem');
}

async function deletedFor(call: Call): Promise<DeletedItem> {
  const { etag } = await requireResource(call.services.records, call.resourceId);
  checkConditions(call, etag);
  return requireDeleted(call.services.records, call.resourceId);
}

async function start(
  call: Call,
  deleted: DeletedItem,
  orchestration: DeletedItemOrchestration,
): Promise<ApiAnswer> {
  const { resource } = await requireResource(call.services.records, call.resourceId);
  const job = deletedItemJob(
    {
      ...{ orchestration, vaultId: call.vaultId, deletedItemId: resource.id },
      ...{ jobId: newJobId(call.services), requestedBy: call.caller.objectId, activityId: call.activityId },
    },
    deleted,
  );
  const taking = { deletedItem: resource.id, verb: orchestration };
  return accepted(call, await acceptJob(officeOf(call), job, taking));
}
