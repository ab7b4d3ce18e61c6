/** Makes disks that others write stand still while they are read. */
export interface SnapshotHook {
  /** Where each of these disks can be read as it was at one moment, the same for all. */
  take(paths: readonly string[]): Promise<readonly string[]>;
  /** Lets go of the snapshot of these disks. Does nothing where there is none. */
  release(paths: readonly string[]): Promise<void>;
}

/** What a snapshot of ours is called, so that one that was left behind is found again. */
export const snapshotName = 'lifeboat-scan';
