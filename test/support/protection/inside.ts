import { randomUUID } from 'node:crypto';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { CosmosClient } from '@azure/cosmos';
import { BlobLogCache } from '../../../shared/azure/blob-log-cache';
import { BlobTargetDocuments } from '../../../shared/azure/blob-target-documents';
import { cosmosRecords } from '../../../shared/azure/cosmos-records';
import { PageBlobReplicaDisks } from '../../../shared/azure/page-blob-replica-disks';
import type { ReplicaRecord } from '../../../shared/contracts/replication/replica-record';
import { allReplicaRecords } from '../../../shared/service/replica/replica-records';
import { createReplicas } from '../../../shared/service/create-replicas';
import type { Replicas } from '../../../shared/service/replicas';
import { type ReplicationPorts, usualMeasures } from '../../../shared/service/replication-ports';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import type { Stack } from '../stack';

/** What is behind the stack, looked at from outside with the same services: to compare bytes, and to see what is left. */
export class Inside {
  readonly ports: ReplicationPorts;
  readonly replicas: Replicas;
  readonly #cache: BlobServiceClient;
  readonly #target: BlobServiceClient;

  constructor(private readonly stack: Stack) {
    const account = (name: string): BlobServiceClient =>
      new BlobServiceClient(
        stack.facts[`${name}.endpoint`] ?? '',
        new StorageSharedKeyCredential(
          stack.facts[`${name}.account`] ?? '',
          stack.facts[`${name}.key`] ?? '',
        ),
      );
    this.#cache = account('cache');
    this.#target = account('target');
    this.ports = {
      disks: new PageBlobReplicaDisks(this.#target, systemClock),
      cache: new BlobLogCache(this.#cache),
      documents: new BlobTargetDocuments(this.#target),
      barrier: { pass: () => Promise.resolve() },
      doorbells: { ring: () => Promise.resolve() },
      events: { publish: () => Promise.resolve() },
      records: cosmosRecords({
        endpoint: stack.facts['cosmos.endpoint'] ?? '',
        key: stack.facts['cosmos.key'] ?? '',
        database: 'lifeboat',
      }),
      clock: systemClock,
      ids: systemIds,
      measures: usualMeasures,
    };
    this.replicas = createReplicas(this.ports);
  }

  /** The disk exactly as a recovery point holds it. */
  async contentAt(pointId: string, replicaId: string): Promise<Buffer> {
    const toReplicaId = randomUUID();
    const moment = { kind: 'point', pointId } as const;
    await this.replicas.materialise({ moment, replicaId, toReplicaId, job: 'test' });
    const disk = this.ports.disks.open(toReplicaId);
    const { sizeBytes } = await disk.state();
    const { data } = await disk.read({ offsetBytes: 0, lengthBytes: sizeBytes });
    await this.ports.disks.remove(toReplicaId);
    return Buffer.from(data);
  }

  /** The replicas of an item, as the service keeps them. */
  async replicasOf(itemId: string): Promise<ReplicaRecord[]> {
    const found: ReplicaRecord[] = [];
    for await (const record of allReplicaRecords(this.ports.records)) {
      if (record.ownerId.toLowerCase() === itemId.toLowerCase()) found.push(record);
    }
    return found;
  }

  /** Every blob and container of both accounts that names one of these replicas. */
  async blobsOf(replicaIds: readonly string[]): Promise<string[]> {
    const wanted = replicaIds.flatMap((id) => [id, id.replaceAll('-', '')]);
    const found: string[] = [];
    for (const service of [this.#cache, this.#target]) {
      for await (const { name } of service.listContainers()) {
        if (wanted.some((id) => name.includes(id))) found.push(name);
        const blobs = service.getContainerClient(name).listBlobsFlat({ includeSnapshots: true });
        for await (const blob of blobs) {
          if (wanted.some((id) => blob.name.includes(id))) found.push(`${name}/${blob.name}`);
        }
      }
    }
    return found;
  }

  /** Every record of the catalogue that mentions one of these words. */
  async recordsWith(words: readonly string[]): Promise<string[]> {
    const client = new CosmosClient({
      endpoint: this.stack.facts['cosmos.endpoint'] ?? '',
      key: this.stack.facts['cosmos.key'] ?? '',
    });
    const { resources } = await client
      .database('lifeboat')
      .container('records')
      .items.query<{ id: string; partition: string }>('SELECT * FROM c')
      .fetchAll();
    client.dispose();
    return resources
      .filter((record) => words.some((word) => JSON.stringify(record).includes(word)))
      .map(({ partition, id }) => `${partition} ${id}`);
  }
}
