import { LifeboatError } from '../../../errors';
import type { Recovery } from '../../../contracts/catalogue/recovery';
import type { FailoverPorts } from '../failover-ports';
import { removeAtKeeper } from './keeper-target';

/** Takes away all that a recovery made at the target, and lets go of its point. Safe to repeat. */
export async function removeTarget(
  ports: FailoverPorts,
  { vaultId, jobId }: { readonly vaultId: string; readonly jobId: string },
  recovery: Recovery,
): Promise<void> {
  const { madeByJob } = recovery;
  await removeAtKeeper(ports, jobId, recovery);
  if (madeByJob !== undefined) {
    // The job alone tells: the item may be another by now.
    const left = await ports.machines.remove({ vaultId, jobId: madeByJob });
    if (left.length > 0) {
      const ids = left.map(({ id }) => id).join(', ');
      throw new LifeboatError('TargetUnavailable', `What was made at the target is not gone yet: ${ids}`);
    }
  }
  await removeCopies(ports, recovery, jobId);
  await releasePoint(ports, recovery, jobId);
}

/** A copy that a site compared its disks with was a replica of its own: it has epochs beside it. */
export async function removeCopies(
  { disks, replicas }: FailoverPorts,
  recovery: Recovery,
  jobId: string,
): Promise<void> {
  // At a site they are the machine's own disks, and go with it.
  if (recovery.site !== undefined) return;
  for (const { copyId } of recovery.disks) {
    if (recovery.madeByJob === undefined) await replicas.remove(copyId, jobId);
    else await disks.remove(copyId);
  }
}

/** The recovery no longer needs its point: the copies are independent of it. */
export async function releasePoint(
  { replicas }: FailoverPorts,
  { moment, jobId: openedBy }: Recovery,
  jobId: string,
): Promise<void> {
  if (moment?.kind !== 'point') return;
  for (const job of new Set([openedBy, jobId])) await replicas.unpinPoint(moment.pointId, job);
}

/** True when no disk at the target reads from its copy any more. */
export async function isWhole({ machines }: FailoverPorts, { disks, site }: Recovery): Promise<boolean> {
  // A site's disks are whole before they are named.
  if (site !== undefined) return true;
  for (const { targetDiskId } of disks) {
    if (targetDiskId !== undefined && (await machines.disk(targetDiskId))?.isWhole === false) return false;
  }
  return true;
}
