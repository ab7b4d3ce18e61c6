import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../errors';
import { expectVhdSize } from '../formats/vhd/fixed-vhd';
import type { Range } from '../model/extent';
import type { ReplicaDisk } from '../ports/replica-disk';
import type { ReplicaDisks } from '../ports/replica-disks';
import { DiskFiles, using, type DiskFormat } from './disk-files';
import { isAbsence } from './durable-json';
import { FileReplicaDisk } from './file-replica-disk';
import { writtenBlocks } from './sparse-file';

/** The replica disks of one folder, each in a folder of its own. One process at a time may use it. */
export class FileReplicaDisks implements ReplicaDisks {
  readonly #disks = new Map<string, FileReplicaDisk>();

  constructor(
    private readonly folder: string,
    private readonly format: DiskFormat,
  ) {}

  async create(replicaId: string, sizeBytes: number): Promise<ReplicaDisk> {
    expectVhdSize(sizeBytes);
    const disk = this.#disk(replicaId);
    await disk.renew(async (files) => {
      const record = await files.record();
      if (record === undefined) await files.make({ number: 0, revision: 0, sizeBytes });
      else if (record.sizeBytes !== sizeBytes) {
        throw new LifeboatError('Conflict', `The replica disk is there and has ${record.sizeBytes} bytes.`);
      }
    });
    return disk;
  }

  open(replicaId: string): ReplicaDisk {
    return this.#disk(replicaId);
  }

  async grow(replicaId: string, sizeBytes: number, ifEtag: string): Promise<void> {
    expectVhdSize(sizeBytes);
    await this.#disk(replicaId).grow(sizeBytes, ifEtag);
  }

  async copy(replicaId: string, snapshotId: string, toReplicaId: string): Promise<ReplicaDisk> {
    const source = this.#files(replicaId);
    const { path, number } = await source.snapshotPath(snapshotId);
    const record = await source.record();
    if (record === undefined) throw new LifeboatError('NotFound', 'There is no such replica disk.');
    const disk = this.#disk(toReplicaId);
    await disk.renew(async (files) => {
      if ((await files.record()) !== undefined) return;
      await files.make({ number, revision: 0, sizeBytes: await this.#sizeOf(path, record.sizeBytes) }, path);
    });
    return disk;
  }

  async remove(replicaId: string): Promise<void> {
    await this.#disk(replicaId).renew((files) => files.remove());
    this.#disks.delete(replicaId);
  }

  async list(): Promise<readonly string[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isAbsence(error)) return [];
      throw error;
    });
    const ids: string[] = [];
    for (const name of names) {
      if ((await this.#files(name).record()) !== undefined) ids.push(name);
    }
    return ids.sort();
  }

  async writtenRanges(replicaId: string, snapshotId?: string): Promise<readonly Range[]> {
    const files = this.#files(replicaId);
    const record = await files.record();
    if (record === undefined) throw new LifeboatError('NotFound', 'There is no such replica disk.');
    const path = snapshotId === undefined ? files.dataPath : (await files.snapshotPath(snapshotId)).path;
    return using(await open(path, 'r'), async (file) => {
      const lengthBytes = await this.#sizeOf(path, record.sizeBytes);
      const ranges: Range[] = [];
      for await (const block of writtenBlocks(file, { offsetBytes: 0, lengthBytes })) ranges.push(block);
      return ranges;
    });
  }

  /** Lets go of all files. */
  async close(): Promise<void> {
    await Promise.all([...this.#disks.values()].map((disk) => disk.close()));
  }

  /** A snapshot from before the disk grew is smaller than the disk is now. */
  async #sizeOf(path: string, diskSizeBytes: number): Promise<number> {
    return using(await open(path, 'r'), async (file) => {
      const { size } = await file.stat();
      return Math.min(diskSizeBytes, this.format === 'vhd' ? size - 512 : size);
    });
  }

  #disk(replicaId: string): FileReplicaDisk {
    const known = this.#disks.get(replicaId);
    if (known !== undefined) return known;
    const disk = new FileReplicaDisk(this.#files(replicaId));
    this.#disks.set(replicaId, disk);
    return disk;
  }

  #files(replicaId: string): DiskFiles {
    return new DiskFiles(join(this.folder, replicaId), replicaId, this.format);
  }
}
