import { isRefusal, LifeboatError } from '../../errors';
import { descriptorName, replicaPrefix } from '../../model/target-names';
import { startEpoch } from '../epochs/start-epoch';
import { pointPartition } from '../points/announce-point';
import { changeManifest, manifestsOf, memberOf, withMember } from '../points/manifests';
import { removePoint } from '../points/remove-point';
import type { ReplicationPorts } from '../replication-ports';
import { replicaKey } from './replica-records';

/**
 * Removes a replica with everything of it: first the fence, so that nothing of it is written any more, then its part in
 * recovery points, and last the disk. Can be killed anywhere and done again.
 */
export async function removeReplica(ports: ReplicationPorts, replicaId: string, job: string): Promise<void> {
  const { documents, disks, cache, records } = ports;
  await expectUnpinned(ports, replicaId);
  // Without its descriptor no doorbell finds the replica, nor rebuilds its record.
  await documents.remove(descriptorName(replicaId));
  await records.remove(replicaKey(replicaId));
  await fenceIfThere(ports, replicaId, job);
  for (const { pointId } of await manifestsOf(documents, replicaId))
    await leavePoint(ports, pointId, replicaId);
  for await (const { epoch } of cache.epochs(replicaId)) await cache.removeEpoch(replicaId, epoch);
  await disks.remove(replicaId);
  for await (const name of documents.list(replicaPrefix(replicaId))) await documents.remove(name);
  await removePointRecords(ports, replicaId);
  await ports.barrier.pass();
}

async function expectUnpinned({ documents }: ReplicationPorts, replicaId: string): Promise<void> {
  for (const { pointId, pins } of await manifestsOf(documents, replicaId)) {
    if (pins.length === 0) continue;
    throw new LifeboatError('PointPinned', `Job ${pins.join(', ')} needs the recovery point ${pointId}.`);
  }
}

async function fenceIfThere(ports: ReplicationPorts, replicaId: string, job: string): Promise<void> {
  try {
    await startEpoch(ports, { replicaId, kind: 'stop', reason: 'removed', job });
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}

/** A point that other disks still hold stays theirs; one that nobody holds any more goes. */
async function leavePoint(ports: ReplicationPorts, pointId: string, replicaId: string): Promise<void> {
  const manifest = await changeManifest(ports.documents, pointId, (current) => {
    const member = current === undefined ? undefined : memberOf(current, replicaId);
    if (current === undefined || member === undefined || member.hold?.by === 'released') return undefined;
    if (current.state === 'pruning' || current.state === 'void') return undefined;
    const left = withMember(current, { ...member, hold: { by: 'released' } });
    const isHeld = left.members.some(({ hold }) => hold !== null && hold.by !== 'released');
    if (!isHeld) return { ...left, state: 'pruning' };
    return current.state === 'partial' ? { ...left, state: 'void' } : left;
  });
  if (manifest?.state === 'pruning' || manifest?.state === 'void') await removePoint(ports, pointId);
}

async function removePointRecords({ records }: ReplicationPorts, replicaId: string): Promise<void> {
  const partition = pointPartition(replicaId);
  for (;;) {
    const page = await records.list(partition);
    for (const { id } of page.records) await records.remove({ partition, id });
    if (page.continuation === undefined) return;
  }
}
