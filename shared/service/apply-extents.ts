import { LifeboatError } from '../errors';
import { pageWriteLimitBytes, type Extent } from '../model/extent';
import { fold } from '../model/writes/fold';
import {
  azureCosts,
  planWrites,
  type PlannedWrite,
  type TransferCosts,
  type Window,
} from '../model/writes/plan-writes';
import { RegionCutter } from '../model/writes/region-cutter';
import { bytesOf, RunMerger, type DataRun, type Run } from '../model/writes/run';
import type { ReplicaDisk } from '../ports/replica-disk';
import { BufferPool } from './buffer-pool';
import { spread } from './spread';

/** Writes in the order they were made, in frames; a reader of a change log is one. */
export interface ExtentSource {
  /** The extents ascend and do not overlap, so that they can be applied while they are read. */
  readonly isSorted: boolean;
  frames(): AsyncIterable<readonly Extent[]>;
}

export interface ApplyOptions {
  /** The open number every write is conditioned on. */
  readonly atNumber: number;
  readonly costs?: TransferCosts;
  readonly concurrency?: number;
  /** Where pages are put together, for who applies one source after another. */
  readonly buffers?: BufferPool;
}

export interface Applied {
  /** Requests to the disk, reads included. */
  readonly requests: number;
  readonly writtenBytes: number;
  readonly readBytes: number;
}

/**
 * Small pages wait for the storage's answers, so many go at once. Of large ones two keep it busy, and each takes twice its
 * size: with four, a large log grew the process by more than 64 MiB.
 */
const underWayLimitBytes = 2 * pageWriteLimitBytes;

/**
 * Writes all extents to a disk that is open at `atNumber`, each page once, several pages at a time. Refuses with
 * `StaleWriter` as soon as the disk has moved on. When it returns or throws, no write of it is under way any more.
 * Safe to repeat from the first page, and beside another that applies the same extents.
 */
export async function applyExtents(
  disk: ReplicaDisk,
  source: ExtentSource,
  { atNumber, costs = azureCosts, concurrency = 8, buffers = new BufferPool() }: ApplyOptions,
): Promise<Applied> {
  const counts = { requests: 0, writtenBytes: 0, readBytes: 0 };
  const applier = new Applier({ disk, atNumber, counts, buffers });
  const room = { items: concurrency, weight: underWayLimitBytes, weightOf };
  await spread(plannedWrites(source, costs), room, (write) => applier.apply(write));
  return counts;
}

function weightOf(write: PlannedWrite): number {
  return write.kind === 'clear' ? 0 : write.kind === 'write' ? write.run.lengthBytes : write.lengthBytes;
}

async function* plannedWrites(source: ExtentSource, costs: TransferCosts): AsyncGenerator<PlannedWrite> {
  const cutter = new RegionCutter();
  for await (const run of source.isSorted ? mergedRuns(source) : foldedRuns(source)) {
    for (const region of cutter.push(run)) yield* planWrites(region, costs);
  }
  for (const region of cutter.end()) yield* planWrites(region, costs);
}

async function* mergedRuns(source: ExtentSource): AsyncGenerator<Run> {
  const merger = new RunMerger();
  for await (const extents of source.frames()) {
    for (const extent of extents) yield* merger.push(extent);
  }
  yield* merger.end();
}

async function* foldedRuns(source: ExtentSource): AsyncGenerator<Run> {
  const extents: Extent[] = [];
  for await (const frame of source.frames()) extents.push(...frame);
  yield* fold(extents);
}

interface ApplierOptions {
  readonly disk: ReplicaDisk;
  readonly atNumber: number;
  readonly counts: { requests: number; writtenBytes: number; readBytes: number };
  readonly buffers: BufferPool;
}

class Applier {
  constructor(private readonly to: ApplierOptions) {}

  apply(write: PlannedWrite): Promise<void> {
    switch (write.kind) {
      case 'clear':
        this.to.counts.requests += 1;
        return this.to.disk.clear(write, this.to.atNumber);
      case 'write':
        return this.#applyRun(write.run);
      case 'window':
        return this.#applyWindow(write);
    }
  }

  // Not async, so that nothing holds the parts of a run once they are copied: the frames they are of take as much again.
  #applyRun(run: DataRun): Promise<void> {
    const [only] = run.parts;
    if (only !== undefined && run.parts.length === 1) return this.#write(run.offsetBytes, only);
    const { buffers } = this.to;
    const buffer = buffers.take(run.lengthBytes);
    return this.#write(run.offsetBytes, bytesOf(run, buffer)).finally(() => buffers.give(buffer));
  }

  /** Reads what is there, lays the runs over it, writes it back. What was read under another number is not trusted. */
  async #applyWindow(window: Window): Promise<void> {
    const { disk, atNumber, counts } = this.to;
    const answer = await disk.read(window);
    counts.requests += 1;
    counts.readBytes += window.lengthBytes;
    if (answer.number !== atNumber) {
      throw new LifeboatError('StaleWriter', `the replica has moved on to ${answer.number}`);
    }
    for (const { offsetBytes, lengthBytes, runs } of window.clusters) {
      const start = offsetBytes - window.offsetBytes;
      const bytes = answer.data.subarray(start, start + lengthBytes);
      for (const run of runs) bytes.set(bytesOf(run), run.offsetBytes - offsetBytes);
      await this.#write(offsetBytes, bytes);
    }
  }

  async #write(offsetBytes: number, data: Uint8Array): Promise<void> {
    const { disk, atNumber, counts } = this.to;
    counts.requests += 1;
    counts.writtenBytes += data.length;
    const extent = { kind: 'data', offsetBytes, lengthBytes: data.length, data } as const;
    await disk.write(extent, atNumber);
  }
}
