import { present } from '../../assert';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { Recoveries, type Recovery } from '../../contracts/catalogue/recovery';
import type { FailoverJob } from '../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../errors';
import type { Records } from '../../ports/records';
import { changeItem, requireItem } from '../protection/item-records';

type Slot = keyof Recoveries;

/** What was, or is being, recovered of an item. */
export function recoveriesOf(item: ProtectedItem): Recoveries {
  return Recoveries.parse(item['recoveries'] ?? {});
}

export function slotOf({ verb }: Pick<FailoverJob, 'verb'>): Slot {
  if (verb === 'applyRecoveryPoint') return 'next';
  return verb === 'testFailover' || verb === 'testFailoverCleanup' ? 'test' : 'real';
}

/** The item that a job holds. A job that no longer holds it was overtaken, and must not touch it. */
export async function heldItem(records: Records, { itemId, jobId }: FailoverJob): Promise<ProtectedItem> {
  const item = await requireItem(records, itemId);
  if (item.hold?.jobId === jobId) return item;
  throw new LifeboatError('ItemBusy', 'The item is no longer held by this job.', { target: itemId });
}

/** The recovery that a job is about; there by then, because the job's first step wrote it. */
export async function recoveryOf(records: Records, job: FailoverJob): Promise<Recovery> {
  const item = await heldItem(records, job);
  return present(recoveriesOf(item)[slotOf(job)], `the recovery of job ${job.jobId}`);
}

/** Changes the recovery as it is now; undefined removes it. Only while the job holds the item. */
export async function changeRecovery(
  records: Records,
  job: FailoverJob,
  how: (recovery: Recovery | undefined) => Recovery | undefined,
): Promise<Recovery | undefined> {
  const slot = slotOf(job);
  const item = await changeItem(records, job.itemId, (current) => {
    if (current.hold?.jobId !== job.jobId) return undefined;
    const { [slot]: recovery, ...others } = recoveriesOf(current);
    const next = how(recovery);
    return { recoveries: next === undefined ? others : { ...others, [slot]: next } };
  });
  return item === undefined ? undefined : recoveriesOf(item)[slot];
}

/** Adds to the recovery that the job's first step wrote. */
export async function noteRecovery(
  records: Records,
  job: FailoverJob,
  changes: Partial<Recovery>,
): Promise<void> {
  await changeRecovery(records, job, (recovery) =>
    recovery === undefined ? undefined : { ...recovery, ...changes },
  );
}

/** Says what could not be done, once. */
export async function remark(records: Records, job: FailoverJob, text: string): Promise<void> {
  await changeRecovery(records, job, (recovery) =>
    recovery === undefined || recovery.remarks.includes(text)
      ? recovery
      : { ...recovery, remarks: [...recovery.remarks, text] },
  );
}

/** Changes all of an item's recoveries together with the item. Only while the job holds it. */
export async function changeRecoveries(
  records: Records,
  job: FailoverJob,
  how: (recoveries: Recoveries, item: ProtectedItem) => Partial<ProtectedItem> & { recoveries?: Recoveries },
): Promise<void> {
  await changeItem(records, job.itemId, (current) =>
    current.hold?.jobId === job.jobId ? how(recoveriesOf(current), current) : undefined,
  );
}
