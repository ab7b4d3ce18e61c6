import type { DiskSnapshot } from '../../../shared/ports/replica-disk';

export interface StoredSnapshot extends DiskSnapshot {
  readonly content: Buffer;
}

export interface StoredDisk {
  number: number;
  etag: string;
  content: Buffer;
  snapshots: StoredSnapshot[];
}

/** JSON or bytes: kept as text or a buffer, so that what comes out shares nothing with what went in. */
export interface StoredDocument {
  readonly content: string | Buffer;
  readonly etag: string;
}

interface Content {
  readonly disks: Map<string, StoredDisk>;
  readonly documents: Map<string, StoredDocument>;
}

/** One target account in memory: disks and documents that are saved, and forgotten, together. */
export class MemoryTarget {
  #now: Content = { disks: new Map(), documents: new Map() };
  #saved: Content = { disks: new Map(), documents: new Map() };
  #stamps = 0;

  get disks(): Map<string, StoredDisk> {
    return this.#now.disks;
  }

  get documents(): Map<string, StoredDocument> {
    return this.#now.documents;
  }

  /** What would be there after a death right now. */
  get saved(): {
    readonly disks: ReadonlyMap<string, StoredDisk>;
    readonly documents: ReadonlyMap<string, StoredDocument>;
  } {
    return this.#saved;
  }

  /** What is there now survives the next death. */
  save(): void {
    this.#saved = copyOf(this.#now);
  }

  /** Dies and comes back as it was saved last. Names and etags given out since are never given out again. */
  rollBack(): void {
    this.#now = copyOf(this.#saved);
  }

  /** A new etag or snapshot id; they ascend as text. */
  stamp(): string {
    this.#stamps += 1;
    return `"${String(this.#stamps).padStart(9, '0')}"`;
  }
}

function copyOf({ disks, documents }: Content): Content {
  const copied = new Map<string, StoredDisk>();
  for (const [id, disk] of disks) {
    copied.set(id, { ...disk, content: Buffer.from(disk.content), snapshots: [...disk.snapshots] });
  }
  return { disks: copied, documents: new Map(documents) };
}
