import { descriptorName, pointPrefix, replicaPrefix } from '../../model/target-names';
import { changeManifest, readManifest } from '../points/manifests';
import { removePoint } from '../points/remove-point';
import type { ReplicationPorts } from '../replication-ports';
import { replicasNamed } from './rebuild-catalogue';

/**
 * Removes what late writers of replicas that are gone left behind. A replica begins with its descriptor and ends with its disk,
 * so what has neither is nobody's.
 */
export async function removeLeftovers(ports: ReplicationPorts): Promise<void> {
  const { cache, disks, documents } = ports;
  const owned = new Set(await disks.list());
  const isNobodys = async (replicaId: string): Promise<boolean> =>
    !owned.has(replicaId) && (await documents.get(descriptorName(replicaId))) === undefined;

  for await (const { replicaId, epoch } of cache.epochs()) {
    if (await isNobodys(replicaId)) await cache.removeEpoch(replicaId, epoch);
  }
  for (const replicaId of await replicasNamed(ports)) {
    if (!(await isNobodys(replicaId))) continue;
    for await (const name of documents.list(replicaPrefix(replicaId))) await documents.remove(name);
  }
  for await (const name of documents.list(pointPrefix)) {
    const manifest = (await readManifest(documents, name.slice(pointPrefix.length)))?.manifest;
    if (manifest === undefined) continue;
    const holders = await Promise.all(manifest.members.map(({ replicaId }) => isNobodys(replicaId)));
    if (!holders.every(Boolean)) continue;
    await changeManifest(documents, manifest.pointId, (current) =>
      current === undefined || current.state === 'void' ? undefined : { ...current, state: 'pruning' },
    );
    await removePoint(ports, manifest.pointId);
  }
}
