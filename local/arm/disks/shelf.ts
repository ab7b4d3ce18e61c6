import { createHash } from 'node:crypto';
import { cp, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileImage } from './file-image';
import type { Image } from './image';
import { LazyImage } from './lazy-image';
import { PageBlob, type PageBlobOptions } from './page-blob';
import { WindowCache, windowBytes } from './window-cache';

/** What a disk stands on. Kept with its resource. */
export type Backing =
  | { readonly kind: 'blob'; readonly uri: string; readonly etag: string; readonly sizeBytes: number }
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number; readonly isOurs: boolean };

/** Disks by a number of their own, each in a folder; opened when first used. */
export class Shelf {
  readonly #open = new Map<string, Promise<Image>>();

  constructor(
    private readonly folder: string,
    private readonly blobs: PageBlobOptions,
  ) {}

  async importBlob(uri: string): Promise<Backing> {
    return { kind: 'blob', ...(await PageBlob.inspect(uri, this.blobs)) };
  }

  async makeEmpty(disk: string, sizeBytes: number): Promise<Backing> {
    const path = await this.#ownFile(disk);
    const file = await open(path, 'a');
    await file.truncate(sizeBytes).finally(() => file.close());
    return { kind: 'file', path, sizeBytes, isOurs: true };
  }

  async adopt(path: string): Promise<Backing> {
    return { kind: 'file', path, sizeBytes: (await stat(path)).size, isOurs: false };
  }

  /** A disk of its own with the present content of another. */
  async copy(from: string, backing: Backing, to: string): Promise<Backing> {
    const image = await this.image(from, backing);
    await image.flush();
    if (image instanceof LazyImage) await image.base.save();
    if (backing.kind === 'blob') {
      await cp(join(this.folder, from), join(this.folder, to), { recursive: true });
      return backing;
    }
    const path = await this.#ownFile(to);
    await writeOut(image, path);
    return { kind: 'file', path, sizeBytes: backing.sizeBytes, isOurs: true };
  }

  /** The disk, open. The same one for all who ask. */
  image(disk: string, backing: Backing): Promise<Image> {
    let opening = this.#open.get(disk);
    if (opening === undefined) {
      opening = this.#openImage(disk, backing);
      this.#open.set(disk, opening);
      opening.catch(() => this.#open.delete(disk));
    }
    return opening;
  }

  /** Undefined if the disk reads from no blob any more. */
  async lazy(disk: string, backing: Backing): Promise<LazyImage | undefined> {
    const image = await this.image(disk, backing);
    return image instanceof LazyImage ? image : undefined;
  }

  /** How much of a disk no longer needs its blob. */
  async percent(disk: string, backing: Backing): Promise<number> {
    const lazy = await this.lazy(disk, backing);
    return lazy === undefined || lazy.base.isWhole ? 100 : Math.floor(lazy.base.percent);
  }

  /** Makes a raw file of a disk, with all that was written to it. Nobody may be writing. */
  async materialise(disk: string, backing: Backing): Promise<Backing> {
    if (backing.kind === 'file') return backing;
    const image = await this.image(disk, backing);
    const path = await this.#ownFile(disk);
    await writeOut(image, path);
    await this.close(disk);
    for (const name of ['base.data', 'base.map', 'base.ranges', 'overlay.data', 'overlay.map']) {
      await rm(join(this.folder, disk, name), { force: true });
    }
    return { kind: 'file', path, sizeBytes: backing.sizeBytes, isOurs: true };
  }

  /** The SHA-256 of a disk's bytes. */
  async digest(disk: string, backing: Backing): Promise<string> {
    const image = await this.image(disk, backing);
    const hash = createHash('sha256');
    for (let at = 0; at < image.sizeBytes; at += windowBytes) {
      hash.update(await image.read(at, Math.min(windowBytes, image.sizeBytes - at)));
    }
    return hash.digest('hex');
  }

  async close(disk: string): Promise<void> {
    const opened = this.#open.get(disk);
    this.#open.delete(disk);
    await (await opened)?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((disk) => this.close(disk)));
  }

  async remove(disk: string): Promise<void> {
    await this.close(disk).catch(() => undefined);
    await rm(join(this.folder, disk), { recursive: true, force: true });
  }

  async #openImage(disk: string, backing: Backing): Promise<Image> {
    if (backing.kind === 'file') return FileImage.open(backing.path, backing.sizeBytes);
    const folder = join(this.folder, disk);
    await mkdir(folder, { recursive: true });
    const blob = new PageBlob(backing, this.blobs);
    return LazyImage.open(await WindowCache.open(blob, folder), folder, backing.sizeBytes);
  }

  async #ownFile(disk: string): Promise<string> {
    await mkdir(join(this.folder, disk), { recursive: true });
    return join(this.folder, disk, 'disk.raw');
  }
}

/** Whole windows of zeros stay holes. The file is there only once all of it is. */
async function writeOut(image: Image, path: string): Promise<void> {
  const file = await open(`${path}.part`, 'w');
  try {
    await file.truncate(image.sizeBytes);
    for (let at = 0; at < image.sizeBytes; at += windowBytes) {
      const data = await image.read(at, Math.min(windowBytes, image.sizeBytes - at));
      if (data.some((byte) => byte !== 0)) await file.write(data, 0, data.length, at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}
