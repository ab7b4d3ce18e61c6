import { randomUUID } from 'node:crypto';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { Cloud } from '../local/cloud';
import { BlobLogCache } from '../shared/azure/blob-log-cache';
import { BlobTargetDocuments } from '../shared/azure/blob-target-documents';
import { cosmosRecords } from '../shared/azure/cosmos-records';
import { PageBlobReplicaDisks } from '../shared/azure/page-blob-replica-disks';
import { createReplicas } from '../shared/service/create-replicas';
import { type ReplicationPorts, usualMeasures } from '../shared/service/replication-ports';
import { systemClock } from '../shared/system/system-clock';
import { systemIds } from '../shared/system/system-ids';

export interface OpenedPoint {
  readonly content: Buffer;
  /** How many change logs its stream had by then. */
  readonly logs: number;
}

/**
 * Opens a recovery point as a failover does, beside the service and from the target account alone, and reads every byte of its
 * only disk.
 */
export async function openPoint({ facts }: Cloud, pointId: string): Promise<OpenedPoint> {
  const ports = portsOf(facts);
  const replicas = createReplicas(ports);
  const point = await replicas.point(pointId);
  const [member] = point?.members ?? [];
  const replicaId = member?.replicaId;
  if (replicaId === undefined) throw new Error(`there is no recovery point ${pointId}`);
  const toReplicaId = randomUUID();
  await replicas.materialise({ moment: { kind: 'point', pointId }, replicaId, toReplicaId, job: 'demo' });
  const disk = ports.disks.open(toReplicaId);
  const { sizeBytes } = await disk.state();
  const parts: Uint8Array[] = [];
  const stepBytes = 8 * 1024 * 1024;
  for (let at = 0; at < sizeBytes; at += stepBytes) {
    parts.push((await disk.read({ offsetBytes: at, lengthBytes: Math.min(stepBytes, sizeBytes - at) })).data);
  }
  await ports.disks.remove(toReplicaId);
  return { content: Buffer.concat(parts), logs: member?.position?.sequence ?? 0 };
}

function portsOf(facts: Cloud['facts']): ReplicationPorts {
  const account = (name: string): BlobServiceClient => {
    const credential = new StorageSharedKeyCredential(
      facts[`${name}.account`] ?? '',
      facts[`${name}.key`] ?? '',
    );
    return new BlobServiceClient(facts[`${name}.endpoint`] ?? '', credential);
  };
  const target = account('target');
  return {
    disks: new PageBlobReplicaDisks(target, systemClock),
    cache: new BlobLogCache(account('cache')),
    documents: new BlobTargetDocuments(target),
    barrier: { pass: () => Promise.resolve() },
    doorbells: { ring: () => Promise.resolve() },
    events: { publish: () => Promise.resolve() },
    records: cosmosRecords({
      endpoint: facts['cosmos.endpoint'] ?? '',
      key: facts['cosmos.key'] ?? '',
      database: 'lifeboat',
    }),
    clock: systemClock,
    ids: systemIds,
    measures: usualMeasures,
  };
}
