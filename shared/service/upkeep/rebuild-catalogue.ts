import type { ReplicationPorts } from '../replication-ports';
import { rebuildRecord } from '../replica/rebuild-record';
import { removeGhostPoints } from './mirror-points';
import { settlePoints } from './settle-points';

const replicaInName = /^replicas\/([0-9a-f-]{36})\//;

export interface RebuiltReplicas {
  readonly count: number;
  /** Where to go on; nothing is left where it is missing. */
  readonly lastId?: string;
}

/** Makes the catalogue of replicas and recovery points anew from what the target account holds. Safe to repeat. */
export async function rebuildCatalogue(ports: ReplicationPorts): Promise<void> {
  for (const replicaId of await replicasNamed(ports)) await rebuildReplica(ports, replicaId);
}

/** The same for the next few replicas in the order of their ids, so that no call of it takes long. */
export async function rebuildSome(
  ports: ReplicationPorts,
  { afterId = '', limit }: { readonly afterId?: string | undefined; readonly limit: number },
): Promise<RebuiltReplicas> {
  const waiting = [...(await replicasNamed(ports))].filter((replicaId) => replicaId > afterId).sort();
  const now = waiting.slice(0, limit);
  let count = 0;
  for (const replicaId of now) if (await rebuildReplica(ports, replicaId)) count += 1;
  const lastId = now.at(-1);
  return lastId !== undefined && now.length < waiting.length ? { count, lastId } : { count };
}

/** False where nothing is left to make it from. */
async function rebuildReplica(ports: ReplicationPorts, replicaId: string): Promise<boolean> {
  const record = await rebuildRecord(ports, replicaId);
  if (record === undefined) return false;
  await settlePoints(ports, replicaId, record.policy);
  await removeGhostPoints(ports, replicaId);
  await ports.doorbells.ring(replicaId);
  return true;
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
