import { join } from 'node:path';
import { FileLogCache } from '../../../shared/files/file-log-cache';
import { FileRecords } from '../../../shared/files/file-records';
import { FileReplicaDisks } from '../../../shared/files/file-replica-disks';
import { FileTargetDocuments } from '../../../shared/files/file-target-documents';
import type { Clock } from '../../../shared/ports/clock';
import type { Ids } from '../../../shared/ports/ids';
import { type ReplicationPorts, usualMeasures } from '../../../shared/service/replication-ports';

/** Raw: the bytes of the disk. VHD: the same with a footer, as Hyper-V and Azure read it. */
export type ReplicaFormat = 'raw' | 'vhd';

export interface ReplicaStoreOptions {
  readonly folder: string;
  readonly format: ReplicaFormat;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onRing: (replicaId: string) => void;
}

export interface ReplicaStore {
  readonly ports: ReplicationPorts;
  /** The file that a replica, or a disk made from a point of one, lies in. */
  pathOf(replicaId: string): string;
  close(): Promise<void>;
}

/** Digests of a segment travel in a report: each has to fit one. */
const digestSegmentBlocks = 8_192;

/** Everything that replication stands on, in one folder of this machine. */
export async function openReplicaStore({
  folder,
  format,
  clock,
  ids,
  onRing,
}: ReplicaStoreOptions): Promise<ReplicaStore> {
  const diskFolder = join(folder, 'disks');
  const disks = new FileReplicaDisks(diskFolder, format);
  const ports: ReplicationPorts = {
    ...{ disks, clock, ids },
    cache: new FileLogCache(join(folder, 'cache')),
    documents: new FileTargetDocuments(join(folder, 'documents'), ids),
    records: await FileRecords.open(join(folder, 'records'), ids),
    // A closed replica is safe on its disk before its number says so.
    barrier: { pass: () => Promise.resolve() },
    doorbells: {
      ring: (replicaId) => {
        onRing(replicaId);
        return Promise.resolve();
      },
    },
    // The service tells subscribers, of what it is reported.
    events: { publish: () => Promise.resolve() },
    measures: { ...usualMeasures, digestSegmentBlocks },
  };
  return {
    ports,
    pathOf: (replicaId) => join(diskFolder, replicaId, `disk.${format}`),
    close: () => disks.close(),
  };
}
