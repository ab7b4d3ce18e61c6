import { positionOf } from '../../model/position';
import { digestMapName, digestMapPrefix } from '../../model/target-names';
import type { ReplicationPorts } from '../replication-ports';

/** Digest maps of epochs that are over are of no use to anybody. */
export async function tidyDigests({ disks, documents }: ReplicationPorts, replicaId: string): Promise<void> {
  const { number } = await disks.open(replicaId).state();
  const current = digestMapName(replicaId, positionOf(number).epoch, 0);
  for await (const name of documents.list(digestMapPrefix(replicaId))) {
    if (name < current) await documents.remove(name);
  }
}
