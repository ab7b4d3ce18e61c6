import { LifeboatError } from '../../errors';
import { positionOf } from '../../model/position';
import { recordOf } from '../answer-doorbell';
import { readEpoch } from '../epochs/epoch-records';
import type { ReplicationPorts } from '../replication-ports';

/** May an agent be given the right to upload into this epoch? Not into one that is over, not beyond the replica's quota. */
export async function admitUpload(ports: ReplicationPorts, replicaId: string, epoch: number): Promise<void> {
  const record = await recordOf(ports, replicaId);
  if (record === undefined) throw new LifeboatError('NotFound', `There is no replica ${replicaId}.`);
  const { number } = await ports.disks.open(replicaId).state();
  const current = await readEpoch(ports.documents, replicaId, positionOf(number).epoch);
  if (current?.epoch !== epoch || current.kind === 'stop') {
    throw new LifeboatError('Conflict', `Epoch ${epoch} of the replica takes no change logs.`);
  }
  let cachedBytes = 0;
  for await (const log of ports.cache.list(replicaId, epoch, 0)) cachedBytes += log.sizeBytes;
  if (cachedBytes >= record.policy.cacheQuotaBytes) {
    throw new LifeboatError('CacheFull', `${cachedBytes} bytes of this replica wait in the cache.`);
  }
  // The cache may have died and forgotten the container.
  await ports.cache.createEpoch(replicaId, epoch);
}
