import { RecoveryPointRecord } from '../../contracts/replication/recovery-point-record';
import { pointPartition } from '../points/announce-point';
import { readManifest } from '../points/manifests';
import type { ReplicationPorts } from '../replication-ports';

/** Takes points out of the catalogue that the target account does not hold: a list that lies is worse than none. */
export async function removeGhostPoints(ports: ReplicationPorts, replicaId: string): Promise<void> {
  const partition = pointPartition(replicaId);
  let continuation: string | undefined;
  do {
    const page = await ports.records.list(partition, continuation === undefined ? {} : { continuation });
    for (const { id, body } of page.records) {
      const record = RecoveryPointRecord.safeParse(body);
      const manifest = record.success
        ? (await readManifest(ports.documents, record.data.pointId))?.manifest
        : undefined;
      const isTrue = manifest !== undefined && record.success && manifest.state === record.data.state;
      if (!isTrue) await ports.records.remove({ partition, id });
    }
    continuation = page.continuation;
  } while (continuation !== undefined);
}
