import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isRefusal, LifeboatError } from '../../errors';
import { positionOf } from '../../model/position';
import { recordOf } from '../answer-doorbell';
import { readEpoch } from '../epochs/epoch-records';
import type { ReplicationPorts } from '../replication-ports';

/** May an agent be given the right to upload into this epoch? Not into one that is over, not beyond the replica's quota. */
export async function admitUpload(ports: ReplicationPorts, replicaId: string, epoch: number): Promise<void> {
  const record = await recordOf(ports, replicaId);
  if (record === undefined) throw new LifeboatError('NotFound', `There is no replica ${replicaId}.`);
  const { taking, isSure } = await epochThatTakes(ports, record);
  if (taking !== epoch) {
    throw new LifeboatError('Conflict', `Epoch ${epoch} of the replica takes no change logs.`);
  }
  let cachedBytes = 0;
  for await (const log of ports.cache.list(replicaId, epoch, 0)) cachedBytes += log.sizeBytes;
  if (cachedBytes >= record.policy.cacheQuotaBytes) {
    throw new LifeboatError('CacheFull', `${cachedBytes} bytes of this replica wait in the cache.`);
  }
  // The cache may have died and forgotten the container.
  if (isSure) await ports.cache.createEpoch(replicaId, epoch);
}

/**
 * By the target; while that cannot be read, by the catalogue, so that a source can go on sending to the cache. A fence is
 * made at the target: should the catalogue have missed one, what is sent is read by nobody.
 */
async function epochThatTakes(
  ports: ReplicationPorts,
  record: ReplicaRecord,
): Promise<{ readonly taking: number | undefined; readonly isSure: boolean }> {
  try {
    const { number } = await ports.disks.open(record.replicaId).state();
    const current = await readEpoch(ports.documents, record.replicaId, positionOf(number).epoch);
    return { taking: current?.kind === 'stop' ? undefined : current?.epoch, isSure: true };
  } catch (error) {
    // No log will come that somebody could drain, and find that the disk is gone.
    if (isRefusal(error, 'NotFound')) await ports.doorbells.ring(record.replicaId);
    if (isRefusal(error)) throw error;
    const isStopped = record.copyingEpoch === null && record.applied?.sequence === 0;
    return { taking: isStopped ? undefined : record.applied?.epoch, isSure: false };
  }
}
