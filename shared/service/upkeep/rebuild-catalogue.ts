import type { ReplicationPorts } from '../replication-ports';
import { rebuildRecord } from '../replica/rebuild-record';
import { removeGhostPoints } from './mirror-points';
import { settlePoints } from './settle-points';

const replicaInName = /^replicas\/([0-9a-f-]{36})\//;

/** Makes the catalogue of replicas and recovery points anew from what the target account holds. Safe to repeat. */
export async function rebuildCatalogue(ports: ReplicationPorts): Promise<void> {
  for (const replicaId of await replicasNamed(ports)) {
    const record = await rebuildRecord(ports, replicaId);
    if (record === undefined) continue;
    await settlePoints(ports, replicaId, record.policy);
    await removeGhostPoints(ports, replicaId);
    await ports.doorbells.ring(replicaId);
  }
}

/** Every replica that any document of the target account is named after. */
export async function replicasNamed({ documents }: ReplicationPorts): Promise<ReadonlySet<string>> {
  const replicaIds = new Set<string>();
  for await (const name of documents.list('replicas/')) {
    const [, replicaId] = replicaInName.exec(name) ?? [];
    if (replicaId !== undefined) replicaIds.add(replicaId);
  }
  return replicaIds;
}
