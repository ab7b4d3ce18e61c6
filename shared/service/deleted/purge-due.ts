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

/** Once a day: starts to purge every deleted item whose time is over, in whichever vault. Answers how many. */
export async function purgeDue(office: ProtectionOffice): Promise<number> {
  const { records, clock } = office;
  let purged = 0;
  for await (const { dueAtInMs, ...due } of allDue(records, clock.now())) {
    const deleted = await readDeleted(records, due.deletedItemId);
    if (deleted !== undefined && deleted.purgeAtInMs <= clock.now()) {
      await startPurge(office, due, deleted);
      purged += 1;
      continue;
    }
    // It was undeleted: from today on the points that it shares are as old as they are.
    if (deleted === undefined) {
      await unpin(office.replicas, due.deletedItemId.split('/').at(-1) ?? '', due.pinnedReplicaIds);
    }
    await forgetDue(records, dueAtInMs, due.deletedItemId);
  }
  return purged;
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
