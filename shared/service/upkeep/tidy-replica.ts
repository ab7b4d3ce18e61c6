import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { prunePoints } from '../points/prune-points';
import { updateReplica } from '../replica/update-replica';
import type { ReplicationPorts } from '../replication-ports';
import { freeLogs } from './free-logs';
import { removeGhostPoints } from './mirror-points';
import { settlePoints } from './settle-points';
import { tidySnapshots } from './tidy-snapshots';
import { tidyDigests } from './tidy-digests';

/** Everything that nobody waits for: freeing, pruning, sweeping. Can be killed anywhere; the next time goes on. */
export async function tidyReplica(ports: ReplicationPorts, record: ReplicaRecord): Promise<void> {
  const { replicaId, policy } = record;
  await freeLogs(ports, record);
  await settlePoints(ports, replicaId, policy);
  await prunePoints(ports, replicaId, policy);
  await tidySnapshots(ports, replicaId, policy);
  await tidyDigests(ports, replicaId);
  await removeGhostPoints(ports, replicaId);
  const tidiedAtMs = ports.clock.now();
  await updateReplica(ports, replicaId, (current) => ({ ...current, tidiedAtMs }));
}
