import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { ProtectionPolicy } from '../../../model/protection-policy';
import { largestDiskBytes } from '../../../model/disk-limits';
import { isInWindow } from '../../../model/resync/resync-window';
import { itemJobKinds } from '../../../model/job-kinds';
import { stateOf } from '../../../model/scenarios/allowed';
import { scenarios } from '../../../model/scenarios';
import { isRefusal } from '../../../errors';
import { acceptJob, newJobId } from '../../jobs/accept-job';
import { changeWish } from '../change-wish';
import { changeItem, vaultIdOf } from '../item-records';
import { paceOf, replicaPolicyOf } from '../policy-of';
import type { ProtectionOffice } from '../protection-ports';
import { startResync } from '../resync';
import type { ReviewedItem } from './reviewed-item';

const betweenResyncsInMs = 30 * 60_000;

/** Brings a changed policy to the replicas that it governs, and to the agent. */
export async function followPolicy(
  office: ProtectionOffice,
  { itemId, item, records }: ReviewedItem,
  policy: ProtectionPolicy,
): Promise<void> {
  for (const record of records) {
    if (record === undefined) continue;
    const wanted = replicaPolicyOf(policy, record.policy);
    if (JSON.stringify(record.policy) === JSON.stringify(wanted)) continue;
    await office.replicas.setPolicy(record.replicaId, wanted);
  }
  const pace = paceOf(policy);
  await changeWish(office, { itemId, item }, ({ appIntervalInMs: _, uploadLimit: __, ...wish }) => ({
    ...wish,
    ...pace,
  }));
}

/** A disk that grew is followed: its replica grows, and the disk is compared. One that shrank is refused by its health. */
export async function followGrowth(
  office: ProtectionOffice,
  { itemId, item, records, status }: ReviewedItem,
): Promise<void> {
  for (const record of records) {
    const report = status?.replicas.find(({ replicaId }) => replicaId === record?.replicaId);
    if (record === undefined || report === undefined || report.epoch !== record.applied?.epoch) continue;
    if (report.diskSizeBytes <= record.sizeBytes || report.diskSizeBytes > largestDiskBytes) continue;
    const { replicaId, diskSizeBytes } = report;
    await office.replicas.grow(replicaId, diskSizeBytes);
    await changeItem(office.records, itemId, (current) => ({
      disks: current.disks.map((disk) =>
        disk.replicaId === replicaId ? { ...disk, sizeBytes: diskSizeBytes } : disk,
      ),
    }));
    const job = `grow-${replicaId}-${diskSizeBytes}`;
    await startResync(office, { itemId, item, replicaIds: [replicaId], reason: 'diskGrew', job });
  }
}

/** Starts the resync that an item needs, while its window is open; a person may start it at any time. */
export async function resyncInTime(
  office: ProtectionOffice,
  { itemId, records }: ReviewedItem,
  item: ProtectedItem,
  policy: ProtectionPolicy,
): Promise<void> {
  const now = office.clock.now();
  const isNeeded = records.some((record) => record !== undefined && record.resyncNeeded !== null);
  if (!isNeeded || item.hold !== undefined || !isInWindow(policy.resyncWindow, now)) return;
  if (stateOf(scenarios[item.scenario], item.state).on.repairReplication === undefined) return;
  if (now - Number(item['resyncStartedAtInMs'] ?? 0) < betweenResyncsInMs) return;
  await changeItem(office.records, itemId, () => ({ resyncStartedAtInMs: now }));
  const jobId = newJobId(office);
  const vaultId = vaultIdOf(itemId);
  const kind = itemJobKinds.repairReplication;
  const verb = 'repairReplication';
  try {
    await acceptJob(
      office,
      {
        ...{ jobId, vaultId, verb, orchestration: verb, requestedBy: 'lifeboat', resultId: itemId },
        ...{ scenarioName: kind.scenarioName, friendlyName: kind.friendlyName, tasks: kind.tasks },
        ...{ targetId: itemId, targetObjectId: item.internalId, targetObjectName: item.friendlyName },
        ...{ targetInstanceType: 'ProtectionEntity', activityId: `${jobId} ActivityId: ${jobId}` },
        input: { jobId, vaultId, itemId, scenario: item.scenario, verb },
      },
      { item: itemId, verb },
    );
  } catch (error) {
    // Somebody else has taken the item just now: the next look decides again.
    if (!isRefusal(error, 'ItemBusy', 'OperationNotAllowed')) throw error;
  }
}
