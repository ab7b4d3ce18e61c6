import { PointManifest } from '../../contracts/replication/point-manifest';
import type { KeptPoints } from '../../contracts/agent/site';
import type { RecordKey, Records } from '../../ports/records';
import { RecoveryPointRecord } from '../../contracts/replication/recovery-point-record';
import { announcePoint, pointPartition } from '../points/announce-point';
import type { ReplicationPorts } from '../replication-ports';

/** What a site said of a point that it holds: there it is true, here it is known. */
export async function readKeptPoint(records: Records, pointId: string): Promise<PointManifest | undefined> {
  const stored = await records.get(keptPointKey(pointId));
  return stored === undefined ? undefined : PointManifest.parse(stored.body);
}

/** Makes the catalogue's list of a kept replica's points what its site says. Safe to repeat. */
export async function noteKeptPoints(
  ports: ReplicationPorts,
  replicaId: string,
  { ids, news }: KeptPoints,
): Promise<void> {
  // Nothing of the service's own storage has to be made safe for it.
  const noBarrier = { ...ports, barrier: { pass: () => Promise.resolve() } };
  for (const manifest of news) {
    await ports.records.put(keptPointKey(manifest.pointId), manifest);
    await announcePoint(noBarrier, manifest);
  }
  await forgetKeptPoints(ports.records, replicaId, new Set(ids));
}

/** Takes points out that the site does not hold any more; all of them, where none is named. */
export async function forgetKeptPoints(
  records: Records,
  replicaId: string,
  kept: ReadonlySet<string> = new Set(),
): Promise<void> {
  const partition = pointPartition(replicaId);
  let continuation: string | undefined;
  do {
    const page = await records.list(partition, continuation === undefined ? {} : { continuation });
    for (const { id, body } of page.records) {
      const pointId = RecoveryPointRecord.safeParse(body).data?.pointId ?? '';
      if (kept.has(pointId)) continue;
      await records.remove({ partition, id });
      if (pointId !== '') await records.remove(keptPointKey(pointId));
    }
    continuation = page.continuation;
  } while (continuation !== undefined);
}

function keptPointKey(pointId: string): RecordKey {
  return { partition: `site-points-${pointId.charAt(0)}`, id: pointId };
}
