import type { Range } from '../model/extent';
import type { ReplicaDisk } from './replica-disk';

/** All replica disks of one target account or folder. */
export interface ReplicaDisks {
  /** Creates a disk of zeros, closed at number 0; an existing one of the same size is left as it is, of another refused with `Conflict`. */
  create(replicaId: string, sizeBytes: number): Promise<ReplicaDisk>;
  /** The disk of this id; calls on one that does not exist refuse with `NotFound`. */
  open(replicaId: string): ReplicaDisk;
  /** Grows a disk; refuses with `StaleWriter` if its number was moved since that etag was read, never shrinks. */
  grow(replicaId: string, sizeBytes: number, ifEtag: string): Promise<void>;
  /** A new disk with the content and number of a snapshot; independent of it afterwards. Safe to repeat. */
  copy(replicaId: string, snapshotId: string, toReplicaId: string): Promise<ReplicaDisk>;
  /** Removes a disk with its snapshots. Safe to repeat. */
  remove(replicaId: string): Promise<void>;
  list(): Promise<readonly string[]>;
  /** The ranges of a disk, or of a snapshot of it, that may hold anything but zeros. */
  writtenRanges(replicaId: string, snapshotId?: string): Promise<readonly Range[]>;
}
