import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { comparePositions } from '../../model/position';
import type { ReplicationPorts } from '../replication-ports';
import { updateReplica } from '../replica/update-replica';

/**
 * Frees what dead workers left behind: logs below the durable position, and containers of epochs that are over. Counts
 * what waits, for the quota.
 */
export async function freeLogs(
  ports: ReplicationPorts,
  { replicaId, durable }: ReplicaRecord,
): Promise<void> {
  if (durable === null) return;
  let cachedBytes = 0;
  for await (const { epoch } of ports.cache.epochs(replicaId)) {
    if (epoch < durable.epoch) {
      await ports.cache.removeEpoch(replicaId, epoch);
      continue;
    }
    for await (const log of ports.cache.list(replicaId, epoch, 0)) {
      if (comparePositions(log, durable) < 0) await ports.cache.remove(log);
      else cachedBytes += log.sizeBytes;
    }
  }
  await updateReplica(ports, replicaId, (record) =>
    record.cachedBytes === cachedBytes ? undefined : { ...record, cachedBytes },
  );
}
