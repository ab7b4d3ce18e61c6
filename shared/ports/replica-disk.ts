import type { DataExtent, Range } from '../model/extent';

export interface ReplicaState {
  /** Position and fence in one: see model/position. */
  readonly number: number;
  /** Changes when the number is moved. Read together with the number, it lets a snapshot or a fence be exact. */
  readonly etag: string;
  /** The disk's own size; a container's footer is not part of it. */
  readonly sizeBytes: number;
}

export interface DiskSnapshot {
  readonly id: string;
  /** The number the disk had when the snapshot was taken: a snapshot describes itself. */
  readonly number: number;
}

export interface ReadAnswer {
  /** The caller's own, to keep and to change. */
  readonly data: Uint8Array;
  /** The disk's (or snapshot's) number at the moment of this very read. */
  readonly number: number;
}

/**
 * One target copy of a disk. Every page write is conditioned on the disk's number by the storage itself, so a worker
 * that was left behind cannot write. Implementations must pass test/contract/replica-disk.contract.ts.
 */
export interface ReplicaDisk {
  state(): Promise<ReplicaState>;
  /**
   * Moves the number up; never down, so that repeating it is safe. With `ifEtag`, refuses with `StaleWriter` if the
   * number was moved since that etag was read.
   */
  raise(number: number, ifEtag?: string): Promise<ReplicaState>;
  /** Writes whole sectors, at most 4 MiB. Refuses with `StaleWriter` unless the disk's number is exactly this. Safe to repeat. */
  write(extent: DataExtent, atNumber: number): Promise<void>;
  /** Turns whole sectors into zeros, any length. Refuses like `write`. Safe to repeat. */
  clear(range: Range, atNumber: number): Promise<void>;
  read(range: Range, snapshotId?: string): Promise<ReadAnswer>;
  /**
   * Refuses with `StaleWriter` if the number was moved since that etag was read, with `SnapshotRefused` if the storage
   * takes no more of them for now.
   */
  snapshot(ifEtag: string): Promise<DiskSnapshot>;
  snapshots(): Promise<readonly DiskSnapshot[]>;
  /** Safe to repeat. */
  removeSnapshot(id: string): Promise<void>;
}
