import { open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BitFile } from './bit-file';
import type { PageBlob, Range } from './page-blob';

export const windowBytes = 8 * 1024 * 1024;

/**
 * A blob read through a sparse file beside it, a window of 8 MiB at a time. Windows that hold nothing are never asked
 * for. What is in the file survives a restart; once all is, the blob is needed no more.
 */
export class WindowCache {
  readonly #loading = new Map<number, Promise<void>>();
  #missing: number;
  /** Windows in the order they were first needed: what a boot is remembered by. */
  readonly trace: number[] = [];
  readonly #traced = new Set<number>();

  private constructor(
    private readonly blob: PageBlob,
    private readonly spans: ReadonlyMap<number, Range>,
    private readonly file: FileHandle,
    private readonly present: BitFile,
  ) {
    this.#missing = [...spans.keys()].filter((window) => !present.has(window)).length;
  }

  static async open(blob: PageBlob, folder: string): Promise<WindowCache> {
    const path = join(folder, 'base.data');
    const [ranges, file, present] = await Promise.all([
      rangesOf(blob, join(folder, 'base.ranges')),
      open(path, 'a+').then(async (made) => {
        await made.close();
        return open(path, 'r+');
      }),
      BitFile.open(join(folder, 'base.map'), Math.ceil(blob.known.sizeBytes / windowBytes)),
    ]);
    await file.truncate(blob.known.sizeBytes);
    return new WindowCache(blob, spansOf(ranges), file, present);
  }

  get isWhole(): boolean {
    return this.#missing === 0;
  }

  get percent(): number {
    return this.spans.size === 0 ? 100 : 100 * (1 - this.#missing / this.spans.size);
  }

  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const first = Math.floor(offsetBytes / windowBytes);
    const last = Math.floor((offsetBytes + lengthBytes - 1) / windowBytes);
    const needed = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    for (const window of needed) this.#remember(window);
    await Promise.all(needed.map((window) => this.load(window)));
    const data = Buffer.alloc(lengthBytes);
    if (needed.some((window) => this.spans.has(window))) {
      await this.file.read(data, 0, lengthBytes, offsetBytes);
    }
    return data;
  }

  /** Brings one window here, if it is not. */
  async load(window: number): Promise<void> {
    const span = this.spans.get(window);
    if (span === undefined || this.present.has(window)) return;
    let loading = this.#loading.get(window);
    if (loading === undefined) {
      loading = this.#fetch(window, span).finally(() => this.#loading.delete(window));
      this.#loading.set(window, loading);
    }
    await loading;
  }

  /** Brings these here, a few at a time; those a guest asks for meanwhile are not held up. */
  async loadAll(
    windows: Iterable<number>,
    { atOnce, signal }: { atOnce: number; signal: AbortSignal },
  ): Promise<void> {
    const queue = windows[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (let next = queue.next(); next.done !== true && !signal.aborted; next = queue.next()) {
        await this.load(next.value);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    await this.save();
  }

  allWindows(): Iterable<number> {
    return this.spans.keys();
  }

  /** Windows count as here after a power cut only once their bytes are. */
  async save(): Promise<void> {
    await this.file.datasync();
    await this.present.save();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#loading.values());
    await this.save();
    await Promise.all([this.file.close(), this.present.close()]);
  }

  async #fetch(window: number, span: Range): Promise<void> {
    const data = await this.blob.read(span.offsetBytes, span.lengthBytes);
    await this.file.write(data, 0, data.length, span.offsetBytes);
    this.present.set(window);
    this.#missing--;
  }

  #remember(window: number): void {
    if (this.#traced.has(window) || !this.spans.has(window)) return;
    this.#traced.add(window);
    this.trace.push(window);
  }
}

/** Asked for once: a blob that was brought here whole is not needed again. */
async function rangesOf(blob: PageBlob, path: string): Promise<readonly Range[]> {
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as readonly Range[];
  const ranges = await blob.writtenRanges();
  await writeFile(`${path}.part`, JSON.stringify(ranges));
  await rename(`${path}.part`, path);
  return ranges;
}

/** The part of each window that holds anything, from its first such byte to its last. */
function spansOf(ranges: readonly Range[]): Map<number, Range> {
  const spans = new Map<number, Range>();
  for (const { offsetBytes, lengthBytes } of ranges) {
    const endBytes = offsetBytes + lengthBytes;
    for (let at = offsetBytes; at < endBytes;) {
      const window = Math.floor(at / windowBytes);
      const until = Math.min(endBytes, (window + 1) * windowBytes);
      const from = spans.get(window)?.offsetBytes ?? at;
      spans.set(window, { offsetBytes: from, lengthBytes: until - from });
      at = until;
    }
  }
  return spans;
}
