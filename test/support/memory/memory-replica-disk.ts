import { LifeboatError } from '../../../shared/errors';
import {
  endOf,
  isSectorAligned,
  pageWriteLimitBytes,
  type DataExtent,
  type Range,
} from '../../../shared/model/extent';
import type { DiskSnapshot, ReadAnswer, ReplicaDisk, ReplicaState } from '../../../shared/ports/replica-disk';
import type { MemoryTarget, StoredDisk } from './memory-target';

export interface SnapshotLimits {
  /** Refuses a snapshot by answering false: premium accounts allow few of them. */
  maySnapshot(replicaId: string): boolean;
}

/** A replica disk in memory. As strict as Azure: whole sectors, 4 MiB at most, never past the end. */
export class MemoryReplicaDisk implements ReplicaDisk {
  constructor(
    private readonly target: MemoryTarget,
    private readonly replicaId: string,
    private readonly limits: SnapshotLimits = { maySnapshot: () => true },
  ) {}

  async state(): Promise<ReplicaState> {
    return stateOf(this.#disk());
  }

  async raise(number: number, ifEtag?: string): Promise<ReplicaState> {
    const disk = this.#disk();
    if (ifEtag !== undefined && ifEtag !== disk.etag) throw stale('its number was moved');
    disk.number = Math.max(disk.number, number);
    disk.etag = this.target.stamp();
    return stateOf(disk);
  }

  async write(extent: DataExtent, atNumber: number): Promise<void> {
    if (extent.lengthBytes > pageWriteLimitBytes || extent.data.length !== extent.lengthBytes) {
      throw new LifeboatError('BadRequest', `${extent.lengthBytes} bytes are not one page write`);
    }
    this.#writable(extent, atNumber).content.set(extent.data, extent.offsetBytes);
  }

  async clear(range: Range, atNumber: number): Promise<void> {
    this.#writable(range, atNumber).content.fill(0, range.offsetBytes, endOf(range));
  }

  async read(range: Range, snapshotId?: string): Promise<ReadAnswer> {
    const { content, number } = snapshotId === undefined ? this.#disk() : this.#snapshot(snapshotId);
    expectInside(range, content.length);
    return { data: Buffer.from(content.subarray(range.offsetBytes, endOf(range))), number };
  }

  async snapshot(ifEtag: string): Promise<DiskSnapshot> {
    const disk = this.#disk();
    if (ifEtag !== disk.etag) throw stale('its number was moved');
    if (!this.limits.maySnapshot(this.replicaId)) {
      throw new LifeboatError('SnapshotRefused', 'this account takes no more snapshots for now');
    }
    const taken = { id: this.target.stamp(), number: disk.number, content: Buffer.from(disk.content) };
    disk.snapshots.push(taken);
    return { id: taken.id, number: taken.number };
  }

  async snapshots(): Promise<readonly DiskSnapshot[]> {
    return this.#disk().snapshots.map(({ id, number }) => ({ id, number }));
  }

  async removeSnapshot(id: string): Promise<void> {
    const disk = this.#disk();
    disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.id !== id);
  }

  #disk(): StoredDisk {
    const disk = this.target.disks.get(this.replicaId);
    if (disk === undefined) throw new LifeboatError('NotFound', `there is no replica disk ${this.replicaId}`);
    return disk;
  }

  #snapshot(id: string): { content: Buffer; number: number } {
    const snapshot = this.#disk().snapshots.find((candidate) => candidate.id === id);
    if (snapshot === undefined) throw new LifeboatError('NotFound', `there is no snapshot ${id}`);
    return snapshot;
  }

  #writable(range: Range, atNumber: number): StoredDisk {
    const disk = this.#disk();
    expectInside(range, disk.content.length);
    if (disk.number !== atNumber) throw stale(`it stands at ${disk.number}, not at ${atNumber}`);
    return disk;
  }
}

function expectInside(range: Range, sizeBytes: number): void {
  if (isSectorAligned(range) && range.lengthBytes > 0 && endOf(range) <= sizeBytes) return;
  throw new LifeboatError(
    'BadRequest',
    `${range.lengthBytes} bytes at ${range.offsetBytes} are not whole sectors of ${sizeBytes}`,
  );
}

function stateOf({ number, etag, content }: StoredDisk): ReplicaState {
  return { number, etag, sizeBytes: content.length };
}

function stale(why: string): LifeboatError {
  return new LifeboatError('StaleWriter', `the replica disk has moved on: ${why}`);
}
