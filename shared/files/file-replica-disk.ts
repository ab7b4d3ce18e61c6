import { open, type FileHandle } from 'node:fs/promises';
import { LifeboatError } from '../errors';
import { endOf, isSectorAligned, pageWriteLimitBytes, type DataExtent, type Range } from '../model/extent';
import type { DiskSnapshot, ReadAnswer, ReplicaDisk, ReplicaState } from '../ports/replica-disk';
import { using, type DiskFiles, type DiskRecord } from './disk-files';
import { ReadWriteLock } from './read-write-lock';
import { clearRange, readFully, writeFully } from './sparse-file';

/**
 * A replica disk in a local file. Its number stands in a record beside it, which is made durable after the data that it
 * speaks of and before anything that relies on it. Writes share a lock that a change of the number has alone: the record
 * and the bytes are one process's, and one object's.
 */
export class FileReplicaDisk implements ReplicaDisk {
  readonly #lock = new ReadWriteLock();
  #record: DiskRecord | undefined;
  #file: FileHandle | undefined;

  constructor(private readonly files: DiskFiles) {}

  state(): Promise<ReplicaState> {
    return this.#lock.shared(async () => stateOf(await this.#there()));
  }

  raise(number: number, ifEtag?: string): Promise<ReplicaState> {
    return this.#lock.exclusive(async () => {
      const record = await this.#there();
      expectUnmoved(record, ifEtag);
      await (await this.#data()).datasync();
      return stateOf(await this.#change({ ...record, number: Math.max(number, record.number) }));
    });
  }

  async write(extent: DataExtent, atNumber: number): Promise<void> {
    if (extent.lengthBytes > pageWriteLimitBytes || extent.data.length !== extent.lengthBytes) {
      throw new LifeboatError('BadRequest', `${extent.lengthBytes} bytes are not one page write.`);
    }
    await this.#lock.shared(async () => {
      await this.#expectWritable(extent, atNumber);
      await writeFully(await this.#data(), extent.data, extent.offsetBytes);
    });
  }

  async clear(range: Range, atNumber: number): Promise<void> {
    await this.#lock.shared(async () => {
      await this.#expectWritable(range, atNumber);
      await clearRange(await this.#data(), range);
    });
  }

  read(range: Range, snapshotId?: string): Promise<ReadAnswer> {
    return this.#lock.shared(async () => {
      const { number, sizeBytes } = await this.#there();
      expectInside(range, sizeBytes);
      const data = Buffer.alloc(range.lengthBytes);
      if (snapshotId === undefined) {
        await readFully(await this.#data(), data, range.offsetBytes);
        return { data, number };
      }
      const snapshot = await this.files.snapshotPath(snapshotId);
      await using(await open(snapshot.path, 'r'), (file) => readFully(file, data, range.offsetBytes));
      return { data, number: snapshot.number };
    });
  }

  snapshot(ifEtag: string): Promise<DiskSnapshot> {
    return this.#lock.exclusive(async () => {
      const record = await this.#there();
      expectUnmoved(record, ifEtag);
      await (await this.#data()).datasync();
      const existing = await this.files.snapshots();
      const taken = existing.filter(({ id }) => Number(id) >= record.revision);
      if (taken.length === 0) return this.files.makeSnapshot(record);
      // The number has not moved since the last one was taken, so nothing can differ from it but a log half written.
      return this.files.makeSnapshot({ ...record, revision: Number(taken.at(-1)?.id) + 1 });
    });
  }

  snapshots(): Promise<readonly DiskSnapshot[]> {
    return this.#lock.shared(async () => {
      await this.#there();
      return this.files.snapshots();
    });
  }

  removeSnapshot(id: string): Promise<void> {
    return this.#lock.exclusive(async () => {
      await this.#there();
      await this.files.removeSnapshot(id);
    });
  }

  /** For the folder that keeps the disks: grows this one under its own lock. */
  grow(sizeBytes: number, ifEtag: string): Promise<void> {
    return this.#lock.exclusive(async () => {
      const record = await this.#there();
      expectUnmoved(record, ifEtag);
      if (sizeBytes <= record.sizeBytes) return;
      await this.files.grow(await this.#data(), record.sizeBytes, sizeBytes);
      await this.#change({ ...record, sizeBytes });
    });
  }

  /** Removes the disk, or makes it; nothing of the old one is remembered afterwards. */
  renew(act: (files: DiskFiles) => Promise<void>): Promise<void> {
    return this.#lock.exclusive(async () => {
      await this.#file?.close();
      this.#file = undefined;
      this.#record = undefined;
      await act(this.files);
    });
  }

  /** Lets go of the file. The next call opens it again. */
  close(): Promise<void> {
    return this.renew(async () => undefined);
  }

  async #there(): Promise<DiskRecord> {
    this.#record ??= await this.files.record();
    if (this.#record === undefined) throw new LifeboatError('NotFound', 'There is no such replica disk.');
    return this.#record;
  }

  async #change(next: Omit<DiskRecord, 'revision'> & { readonly revision: number }): Promise<DiskRecord> {
    const record = { ...next, revision: next.revision + 1 };
    await this.files.writeRecord(record);
    this.#record = record;
    return record;
  }

  async #data(): Promise<FileHandle> {
    this.#file ??= await open(this.files.dataPath, 'r+');
    return this.#file;
  }

  async #expectWritable(range: Range, atNumber: number): Promise<void> {
    const { number, sizeBytes } = await this.#there();
    expectInside(range, sizeBytes);
    if (number !== atNumber) {
      throw new LifeboatError('StaleWriter', `The replica disk stands at ${number}, not at ${atNumber}.`);
    }
  }
}

function stateOf({ number, revision, sizeBytes }: DiskRecord): ReplicaState {
  return { number, etag: String(revision), sizeBytes };
}

function expectUnmoved({ revision }: DiskRecord, ifEtag: string | undefined): void {
  if (ifEtag === undefined || ifEtag === String(revision)) return;
  throw new LifeboatError('StaleWriter', 'The replica disk has moved on.');
}

function expectInside(range: Range, sizeBytes: number): void {
  if (isSectorAligned(range) && range.lengthBytes > 0 && endOf(range) <= sizeBytes) return;
  throw new LifeboatError(
    'BadRequest',
    `${range.lengthBytes} bytes at ${range.offsetBytes} are not whole sectors of ${sizeBytes}.`,
  );
}
