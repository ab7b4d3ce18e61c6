import { LifeboatError } from '../../../errors';
import type { Recovery } from '../../../contracts/catalogue/recovery';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import type { FailoverPorts } from '../failover-ports';

/** Takes away all that a recovery made at the target, and lets go of its point. Safe to repeat. */
export async function removeTarget(
  ports: FailoverPorts,
  { vaultId, jobId }: FailoverJob,
  recovery: Recovery,
): Promise<void> {
  const { madeByJob } = recovery;
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
