import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LifeboatError } from '../errors';
import { encodeVhdFooter, vhdFooterBytes } from '../formats/vhd/fixed-vhd';
import type { DiskSnapshot } from '../ports/replica-disk';
import { isAbsence, readIfThere, syncFolder, writeDurably } from './durable-json';
import { copySparsely, writeFully } from './sparse-file';

/** Raw: the disk's bytes and nothing else. VHD: the same and a footer, as in a page blob. */
export type DiskFormat = 'raw' | 'vhd';

const DiskRecord = z.strictObject({
  number: z.int().nonnegative(),
  /** Goes up with every change of this record: the disk's etag, and the name of its next snapshot. */
  revision: z.int().nonnegative(),
  sizeBytes: z.int().positive(),
});
export type DiskRecord = z.infer<typeof DiskRecord>;

/** The files of one replica disk: its bytes, a record of its number beside them, and its snapshots. */
export class DiskFiles {
  readonly #recordPath: string;
  readonly #snapshotFolder: string;
  readonly dataPath: string;

  constructor(
    private readonly folder: string,
    private readonly replicaId: string,
    private readonly format: DiskFormat,
  ) {
    this.#recordPath = join(folder, 'disk.json');
    this.#snapshotFolder = join(folder, 'snapshots');
    this.dataPath = join(folder, `disk.${format}`);
  }

  /** The record is written last when a disk is made and goes first when it is removed: without it there is no disk. */
  async record(): Promise<DiskRecord | undefined> {
    const found = await readIfThere(this.#recordPath);
    return found === undefined ? undefined : DiskRecord.parse(found);
  }

  async writeRecord(record: DiskRecord): Promise<void> {
    await writeDurably(this.#recordPath, record);
  }

  /** Makes a disk of zeros, or of the content of another file, and then its record. */
  async make(record: DiskRecord, contentPath?: string): Promise<void> {
    await mkdir(this.#snapshotFolder, { recursive: true });
    if (contentPath !== undefined) await copySparsely(contentPath, this.dataPath);
    await using(await open(this.dataPath, contentPath === undefined ? 'w' : 'r+'), async (file) => {
      await this.resize(file, record.sizeBytes);
    });
    await syncFolder(this.folder);
    await this.writeRecord(record);
  }

  /** Gives the file the length of a disk of this size, with its footer where its format has one. */
  async resize(file: FileHandle, sizeBytes: number): Promise<void> {
    await file.truncate(sizeBytes);
    if (this.format === 'vhd') await writeFully(file, encodeVhdFooter(sizeBytes, this.replicaId), sizeBytes);
    await file.sync();
  }

  /** Where the old footer was, the grown disk has zeros. */
  async grow(file: FileHandle, fromBytes: number, toBytes: number): Promise<void> {
    if (this.format === 'vhd') await writeFully(file, Buffer.alloc(vhdFooterBytes), fromBytes);
    await this.resize(file, toBytes);
  }

  async remove(): Promise<void> {
    await rm(this.#recordPath, { force: true });
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A snapshot's name says its number, so that it describes itself. It appears under its name only when it is whole. */
  async makeSnapshot({ number, revision }: DiskRecord): Promise<DiskSnapshot> {
    const id = String(revision).padStart(16, '0');
    const path = join(this.#snapshotFolder, `${id}.${number}`);
    await copySparsely(this.dataPath, `${path}.new`);
    await rename(`${path}.new`, path);
    await syncFolder(this.#snapshotFolder);
    return { id, number };
  }

  async snapshots(): Promise<readonly DiskSnapshot[]> {
    const names = await readdir(this.#snapshotFolder);
    return names.sort().flatMap((name) => {
      const [, id, number] = /^(\d{16})\.(\d+)$/.exec(name) ?? [];
      return id === undefined ? [] : [{ id, number: Number(number) }];
    });
  }

  async snapshotPath(id: string): Promise<{ readonly path: string; readonly number: number }> {
    const snapshot = (await this.snapshots().catch(noneIfAbsent)).find((candidate) => candidate.id === id);
    if (snapshot === undefined) throw new LifeboatError('NotFound', `There is no snapshot ${id}.`);
    return { path: join(this.#snapshotFolder, `${id}.${snapshot.number}`), number: snapshot.number };
  }

  async removeSnapshot(id: string): Promise<void> {
    for (const { number } of (await this.snapshots()).filter((candidate) => candidate.id === id)) {
      await rm(join(this.#snapshotFolder, `${id}.${number}`), { force: true });
    }
  }
}

function noneIfAbsent(error: unknown): readonly DiskSnapshot[] {
  if (isAbsence(error)) return [];
  throw error;
}

/** Uses a file and closes it. */
export async function using<T>(file: FileHandle, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
