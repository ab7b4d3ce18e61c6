import { randomUUID } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import { BlobLogCache } from '../../shared/azure/blob-log-cache';
import { blobService } from '../../shared/azure/blob-service';
import { BlobTargetDocuments } from '../../shared/azure/blob-target-documents';
import { PageBlobReplicaDisks } from '../../shared/azure/page-blob-replica-disks';
import type { EpochRecord } from '../../shared/contracts/replication/epoch-record';
import { ReplicaPolicy } from '../../shared/contracts/replication/replica-policy';
import { closedNumber } from '../../shared/model/position';
import { epochName } from '../../shared/model/target-names';
import { drainReplica } from '../../shared/service/drain-replica';
import { digestOfEpoch } from '../../shared/service/epochs/epoch-records';
import { usualMeasures, type ReplicationPorts } from '../../shared/service/replication-ports';
import { systemClock } from '../../shared/system/system-clock';
import { azuriteCredential } from '../support/azurite-process';
import { traceDiskBytes } from './traces';

const policy = ReplicaPolicy.parse({ retention: [{ untilAgeInMs: 3_600_000, everyInMs: 0 }] });

/** The two accounts, as two processes: where logs land and where replicas live. */
export interface Accounts {
  readonly cache: BlobServiceClient;
  readonly target: BlobServiceClient;
}

export function accountsAt(cacheEndpoint: string, targetEndpoint: string): Accounts {
  return {
    cache: blobService(cacheEndpoint, azuriteCredential),
    target: blobService(targetEndpoint, azuriteCredential),
  };
}

/** A replica in its first epoch, whose logs are drained by the code that does it in production. */
export interface BenchReplica {
  readonly replicaId: string;
  readonly chainHead: string;
  readonly drain: () => Promise<number>;
  readonly remove: () => Promise<void>;
}

export async function createReplica(
  { cache, target }: Accounts,
  diskSizeBytes = traceDiskBytes,
  replicaId: string = randomUUID(),
): Promise<BenchReplica> {
  const ports = portsOn(cache, target);
  const disk = await ports.disks.create(replicaId, diskSizeBytes);
  const record: EpochRecord = {
    ...{
      version: 1,
      replicaId,
      epoch: 1,
      kind: 'rebase',
      reason: 'bench',
      job: 'bench',
      nonce: randomUUID(),
    },
    ...{ baseNumber: 0, baseEtag: (await disk.state()).etag, baseChainHead: null, createdAtMs: 0 },
  };
  await ports.documents.create(epochName(replicaId, 1), record);
  await disk.raise(closedNumber({ epoch: 1, sequence: 0 }));
  await ports.cache.createEpoch(replicaId, 1);
  return {
    replicaId,
    chainHead: digestOfEpoch(record),
    drain: () => drainOn(ports, replicaId),
    remove: async () => {
      await ports.disks.remove(replicaId);
      await ports.cache.removeEpoch(replicaId, 1);
    },
  };
}

/** Applies what the cache holds and takes a snapshot; says how many logs that were. */
export async function drainOn(ports: ReplicationPorts, replicaId: string): Promise<number> {
  const { appliedLogs, missing } = await drainReplica(ports, replicaId, policy);
  if (missing?.faults.length) throw new Error(`a bad log: ${missing.faults.join(', ')}`);
  const disk = ports.disks.open(replicaId);
  await disk.snapshot((await disk.state()).etag);
  return appliedLogs;
}

/** What draining needs; logs without markers touch nothing of the catalogue. */
export function portsOn(cache: BlobServiceClient, target: BlobServiceClient): ReplicationPorts {
  const unused = (): never => {
    throw new Error('the bench has no catalogue');
  };
  return {
    disks: new PageBlobReplicaDisks(target, systemClock),
    cache: new BlobLogCache(cache),
    documents: new BlobTargetDocuments(target),
    barrier: { pass: async () => undefined },
    doorbells: { ring: async () => undefined },
    events: { publish: async () => undefined },
    records: { get: unused, create: unused, replace: unused, put: unused, remove: unused, list: unused },
    clock: systemClock,
    ids: { uuid: () => randomUUID() },
    measures: { ...usualMeasures, drainBudgetInMs: 600_000 },
  };
}
