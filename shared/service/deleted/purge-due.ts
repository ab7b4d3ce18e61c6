import type { DeletedItem } from '../../contracts/catalogue/deleted-item';
import { isRefusal } from '../../errors';
import { acceptJob, newJobId, startIfForgotten } from '../jobs/accept-job';
import { jobLedger } from '../jobs/job-ledger';
import { vaultIdOf } from '../protection/item-records';
import type { ProtectionOffice } from '../protection/protection-ports';
import { readDeleted } from './deleted-records';
import { deletedItemJob } from './deleted-job';
import { allDue, type DueDate, forgetDue } from './due-dates';
import { unpin } from './shared-points';

export interface PurgedItems {
  readonly purged: number;
  /** What went wrong with single items; the others were purged all the same. */
  readonly failures: readonly { readonly subject: string; readonly error: unknown }[];
}

/** Once a day: starts to purge every deleted item whose time is over, in whichever vault. */
export async function purgeDue(office: ProtectionOffice): Promise<PurgedItems> {
  const failures: { subject: string; error: unknown }[] = [];
  let purged = 0;
  for await (const due of allDue(office.records, office.clock.now())) {
    try {
      if (await isPurged(office, due)) purged += 1;
    } catch (error) {
      failures.push({ subject: due.deletedItemId, error });
    }
  }
  return { purged, failures };
}

/** False for what was undeleted, or deleted anew, in the meantime. */
async function isPurged(
  office: ProtectionOffice,
  { dueAtInMs, ...due }: DueDate & { readonly dueAtInMs: number },
): Promise<boolean> {
  const { records, replicas, clock } = office;
  const { deletedItemId, pinnedReplicaIds } = due;
  const deleted = await readDeleted(records, deletedItemId);
  if (deleted !== undefined && deleted.purgeAtInMs <= clock.now()) {
    await startPurge(office, due, deleted);
    return true;
  }
  // It was undeleted: from today on the points that it shares are as old as they are.
  if (deleted === undefined) await unpin(replicas, deletedItemId.split('/').at(-1) ?? '', pinnedReplicaIds);
  await forgetDue(records, dueAtInMs, deletedItemId);
  return false;
}

async function startPurge(
  office: ProtectionOffice,
  { deletedItemId }: DueDate,
  deleted: DeletedItem,
): Promise<void> {
  const vaultId = vaultIdOf(deletedItemId);
  const holder = deleted.hold?.jobId;
  const running =
    holder === undefined
      ? undefined
      : await jobLedger(office.records, office.clock).find({ vaultId, jobId: holder });
  if (running !== undefined) await startIfForgotten(office, running);
  const jobId = newJobId(office);
  const orchestration = 'purgeDeletedItem';
  const words = { requestedBy: 'lifeboat', activityId: `${jobId} ActivityId: ${jobId}` };
  try {
    await acceptJob(
      office,
      deletedItemJob({ ...words, orchestration, jobId, vaultId, deletedItemId }, deleted),
      { deletedItem: deletedItemId, verb: orchestration },
    );
  } catch (error) {
    if (!isRefusal(error, 'ItemBusy', 'NotFound')) throw error;
  }
}
