import { LifeboatError } from '../../../shared/errors';
import { sectorBytes, type Range } from '../../../shared/model/extent';
import type { ReplicaDisk } from '../../../shared/ports/replica-disk';
import type { ReplicaDisks } from '../../../shared/ports/replica-disks';
import { MemoryReplicaDisk, type SnapshotLimits } from './memory-replica-disk';
import type { MemoryTarget, StoredDisk } from './memory-target';

/** The replica disks of one account in memory. */
export class MemoryReplicaDisks implements ReplicaDisks {
  constructor(
    private readonly target: MemoryTarget,
    private readonly limits?: SnapshotLimits,
  ) {}

  async create(replicaId: string, sizeBytes: number): Promise<ReplicaDisk> {
    const existing = this.target.disks.get(replicaId);
    if (existing === undefined) {
      this.#put(replicaId, { number: 0, content: Buffer.alloc(sizeBytes) });
    } else if (existing.content.length !== sizeBytes) {
      throw new LifeboatError('Conflict', `the replica disk has ${existing.content.length} bytes`);
    }
    return this.open(replicaId);
  }

  open(replicaId: string): ReplicaDisk {
    return new MemoryReplicaDisk(this.target, replicaId, this.limits);
  }

  async grow(replicaId: string, sizeBytes: number, ifEtag: string): Promise<void> {
    const disk = this.#disk(replicaId);
    if (disk.etag !== ifEtag) throw new LifeboatError('StaleWriter', 'its number was moved');
    if (sizeBytes <= disk.content.length) return;
    disk.content = Buffer.concat([disk.content], sizeBytes);
    disk.etag = this.target.stamp();
  }

  async copy(replicaId: string, snapshotId: string, toReplicaId: string): Promise<ReplicaDisk> {
    const snapshot = this.#disk(replicaId).snapshots.find(({ id }) => id === snapshotId);
    if (snapshot === undefined) throw new LifeboatError('NotFound', `there is no snapshot ${snapshotId}`);
    if (!this.target.disks.has(toReplicaId)) {
      this.#put(toReplicaId, { number: snapshot.number, content: Buffer.from(snapshot.content) });
    }
    return this.open(toReplicaId);
  }

  async remove(replicaId: string): Promise<void> {
    this.target.disks.delete(replicaId);
  }

  async list(): Promise<readonly string[]> {
    return [...this.target.disks.keys()].sort();
  }

  async writtenRanges(replicaId: string, snapshotId?: string): Promise<readonly Range[]> {
    const disk = this.#disk(replicaId);
    const content =
      snapshotId === undefined ? disk.content : disk.snapshots.find(({ id }) => id === snapshotId)?.content;
    if (content === undefined)
      throw new LifeboatError('NotFound', `there is no snapshot ${String(snapshotId)}`);
    return nonZeroRanges(content);
  }

  #put(replicaId: string, { number, content }: Pick<StoredDisk, 'number' | 'content'>): void {
    this.target.disks.set(replicaId, { number, content, etag: this.target.stamp(), snapshots: [] });
  }

  #disk(replicaId: string): StoredDisk {
    const disk = this.target.disks.get(replicaId);
    if (disk === undefined) throw new LifeboatError('NotFound', `there is no replica disk ${replicaId}`);
    return disk;
  }
}

const zeros = Buffer.alloc(sectorBytes);

function nonZeroRanges(content: Buffer): readonly Range[] {
  const ranges: { offsetBytes: number; lengthBytes: number }[] = [];
  for (let offsetBytes = 0; offsetBytes < content.length; offsetBytes += sectorBytes) {
    if (zeros.equals(content.subarray(offsetBytes, offsetBytes + sectorBytes))) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last.offsetBytes + last.lengthBytes === offsetBytes)
      last.lengthBytes += sectorBytes;
    else ranges.push({ offsetBytes, lengthBytes: sectorBytes });
  }
  return ranges;
}
