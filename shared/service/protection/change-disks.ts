import type { DesiredReplica } from '../../contracts/agent/desired';
import type { ProtectedDisk } from '../../contracts/catalogue/protected-item';
import type { ChangeDisks } from '../../contracts/jobs/item-jobs';
import { LifeboatError } from '../../errors';
import { uuidOf } from '../agents/agent-records';
import { unpin } from '../deleted/shared-points';
import { changeWish } from './change-wish';
import { feederOf } from './feeder-of';
import { changeItem, requireItem } from './item-records';
import { policyOf, replicaPolicyOf } from './policy-of';
import type { ProtectionPorts } from './protection-ports';
import { ownerIdOf } from './enable/start-replication';

/** Disks join a protected machine: the others go on, and share points with them once they have been copied. */
export async function addDisks(ports: ProtectionPorts, job: ChangeDisks): Promise<void> {
  const { itemId } = job;
  const item = await requireItem(ports.records, itemId);
  const feeder = await feederOf(ports.records, itemId, item);
  if (feeder === undefined) {
    throw new LifeboatError('AgentMissing', 'No agent speaks for the machine.', { target: itemId });
  }
  const policy = replicaPolicyOf(await policyOf(ports.records, item.policyId));
  const replicas: DesiredReplica[] = [];
  const added: ProtectedDisk[] = [];
  for (const diskId of job.diskIds) {
    const disk = feeder.machine.disks.find((each) => each.diskId.toLowerCase() === diskId.toLowerCase());
    if (disk === undefined) {
      throw new LifeboatError('DiskUnknown', `The machine has no disk "${diskId}".`, { target: diskId });
    }
    const replicaId = uuidOf('added', job.jobId, disk.diskId);
    const { sizeBytes } = disk;
    await ports.replicas.create({ replicaId, sizeBytes, ownerId: ownerIdOf(itemId, item), policy });
    const started = await ports.replicas.startEpoch({
      ...{ replicaId, kind: 'rebase', reason: 'diskAdded', job: job.jobId },
    });
    added.push(newDisk(disk, replicaId));
    replicas.push({
      ...{ replicaId, machineId: feeder.machine.machineId, diskId: disk.diskId, mode: 'copy' },
      ...{ epoch: started.epoch, chainHead: started.chainHead, mayCopy: true },
    });
  }
  await changeItem(ports.records, itemId, (current) => ({
    disks: withNew(current.disks, added, 'replicaId'),
  }));
  await changeWish(ports, { itemId, item }, (wish) => ({
    ...wish,
    replicas: withNew(wish.replicas, replicas, 'replicaId'),
    joining: [...new Set([...(wish.joining ?? []), ...replicas.map(({ replicaId }) => replicaId)])],
    isSettled: false,
  }));
}

function newDisk(
  {
    diskId,
    name,
    sizeBytes,
    isBootDisk,
  }: { diskId: string; name: string; sizeBytes: number; isBootDisk: boolean },
  replicaId: string,
): ProtectedDisk {
  return {
    ...{ id: diskId, name, replicaId, sizeBytes, isOperatingSystem: isBootDisk },
    ...{ resyncRequired: false, copiedPercent: 0, pendingBytes: 0 },
  };
}

function withNew<T>(known: readonly T[], more: readonly T[], key: keyof T): T[] {
  return [...known, ...more.filter((each) => !known.some((other) => other[key] === each[key]))];
}

/** Disks leave: they are fenced, and what was kept of them goes. Points that other disks share stay for those. */
export async function removeDisks(ports: ProtectionPorts, job: ChangeDisks): Promise<void> {
  const { itemId } = job;
  const item = await requireItem(ports.records, itemId);
  const leaving = new Set(job.diskIds.map((id) => id.toLowerCase()));
  const gone = item.disks.filter(({ id }) => leaving.has(id.toLowerCase()));
  if (gone.length === item.disks.length && gone.length > 0) {
    throw new LifeboatError(
      'OperationNotAllowed',
      'A protected machine keeps at least one disk: disable it instead.',
    );
  }
  const goneReplicas = new Set(gone.map(({ replicaId }) => replicaId));
  await changeWish(ports, { itemId, item }, (wish) => ({
    ...wish,
    joining: (wish.joining ?? []).filter((replicaId) => !goneReplicas.has(replicaId)),
    replicas: wish.replicas.map((replica) =>
      goneReplicas.has(replica.replicaId) ? { ...replica, mode: 'stop' } : replica,
    ),
  }));
  // Of a machine that was undeleted, points that it shares are pinned for days: one that goes without a disk needs no pin.
  if (item.multiVmGroupName !== undefined) await unpin(ports.replicas, item.internalId, [...goneReplicas]);
  for (const { replicaId } of gone) await ports.replicas.remove(replicaId, job.jobId);
  await changeItem(ports.records, itemId, (current) => ({
    disks: current.disks.filter(({ replicaId }) => !goneReplicas.has(replicaId)),
  }));
}
