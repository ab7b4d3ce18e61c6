import { statSync } from 'node:fs';
import type { MarkerKind } from '../../shared/model/change-log';
import { timeOrderedId } from '../../shared/model/time-ordered-id';
import type { Clock } from '../../shared/ports/clock';
import type { Ids } from '../../shared/ports/ids';
import type { Log } from '../../shared/ports/log';
import { openDisk } from '../disk/open-disk';
import { cutMarker, type CutOutcome } from '../markers/cut-marker';
import type { Freezer } from '../markers/freezer';
import type { ProtectedDisk } from '../replica/protected-disk';
import { Turn } from '../system/turn';
import { scanDisk, type ScanFigures } from './scan-disk';
import type { ScanDigests } from './scan-digests';
import type { SnapshotHook } from './snapshot/snapshot-hook';

/** A disk that others write, with what was found on it last. */
export interface ScannedDisk {
  readonly disk: ProtectedDisk;
  readonly path: string;
  readonly digests: ScanDigests;
}

export interface ScannerOptions {
  readonly disks: readonly ScannedDisk[];
  /** How often the disks are read. */
  readonly everyInMs: number;
  /** Makes them stand still meanwhile. */
  readonly hook: SnapshotHook | undefined;
  /** The caller says that they stand still of themselves. */
  readonly standsStill: boolean;
  readonly freezer: Freezer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly seenServiceTime: () => number;
  readonly sealAtBytes: number;
}

/** The last pass over a disk, for people to read. */
export interface LastScan extends ScanFigures {
  readonly atInMs: number;
}

interface Moment {
  readonly takenAtInMs: number;
  readonly seenServiceTimeInMs: number;
  readonly isFrozen: boolean;
  /** Where the disks are read. */
  readonly sources: readonly string[];
}

/** A marker that is to be cut when the disks were read. */
export interface WantedMarker {
  readonly members: readonly string[];
  readonly disks: readonly ProtectedDisk[];
  readonly kind: MarkerKind;
}

/**
 * Reads the disks of this machine that others write, and sends what has changed. A marker is cut after a pass only if the
 * disks stood still for it, and is of the moment they were made to: what was written since is not in it.
 */
export class Scanner {
  readonly #options: ScannerOptions;
  readonly #turn = new Turn();
  readonly #last = new Map<ProtectedDisk, LastScan>();
  #isStopped = false;

  constructor(options: ScannerOptions) {
    this.#options = options;
  }

  get everyInMs(): number {
    return this.#options.everyInMs;
  }

  lastOf(disk: ProtectedDisk): LastScan | undefined {
    return this.#last.get(disk);
  }

  /** One pass over all disks, and the marker if it is true. `scanned`: they did not stand still. */
  async pass(wanted: WantedMarker): Promise<CutOutcome> {
    return this.#turn.take(async () => {
      if (this.#isStopped || wanted.disks.some((disk) => !isReady(disk))) return 'inDoubt';
      const paths = this.#options.disks.map(({ path }) => path);
      // What an agent that was killed has left would stand in the way, or be of another moment.
      await this.#options.hook?.release(paths);
      this.#tellBeingScanned(true);
      try {
        return await this.#passAt(await this.#take(paths, wanted.kind), wanted);
      } finally {
        this.#tellBeingScanned(false);
        await this.#options.hook?.release(paths);
      }
    });
  }

  /** No pass goes on from here, and none is under way once this resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#turn.take(() => Promise.resolve());
  }

  /** Once no log of these disks is being sealed any more. */
  close(): void {
    for (const { digests } of this.#options.disks) digests.close();
  }

  /** What a pass finds is pending until it is sealed: copied from the disk meanwhile, it would be of another moment. */
  #tellBeingScanned(isBeingScanned: boolean): void {
    for (const { disk } of this.#options.disks) disk.isBeingScanned = isBeingScanned;
  }

  async #take(paths: readonly string[], kind: MarkerKind): Promise<Moment> {
    const { hook, freezer, clock, seenServiceTime } = this.#options;
    // Without a snapshot the applications would stand still for as long as the disks are read.
    const isFrozen = kind === 'app' && hook !== undefined && (await freezer.freeze());
    try {
      const seen = { takenAtInMs: clock.now(), seenServiceTimeInMs: seenServiceTime() };
      return { ...seen, isFrozen, sources: (await hook?.take(paths)) ?? paths };
    } finally {
      if (isFrozen) await freezer.thaw();
    }
  }

  async #passAt(moment: Moment, wanted: WantedMarker): Promise<CutOutcome> {
    const { disks, hook, standsStill, log, clock } = this.#options;
    const before = moment.sources.map(lastWrite);
    if (hook === undefined && standsStill) await clock.sleep(fileTimeTickInMs);
    for (const [index, scanned] of disks.entries()) {
      const isWhole = await this.#scan(scanned, moment.sources[index] ?? scanned.path, moment);
      if (!isWhole) return 'inDoubt';
    }
    if (hook === undefined && !standsStill) return 'scanned';
    if (moment.sources.some((path, index) => lastWrite(path) !== before[index])) {
      log.warn('a disk was written while it was read; no recovery point can be made of it');
      return 'scanned';
    }
    return this.#cut(moment, wanted);
  }

  async #scan({ disk, digests }: ScannedDisk, path: string, { takenAtInMs }: Moment): Promise<boolean> {
    const epoch = disk.wish?.epoch;
    const source = openDisk(path, 'read');
    try {
      if (source.sizeBytes !== disk.sizeBytes)
        throw new Error(
          `${path} has ${source.sizeBytes} bytes now, and ${disk.sizeBytes} when it was opened`,
        );
      const mayGoOn = (): boolean => !this.#isStopped && disk.wish?.epoch === epoch && isFed(disk);
      const { sealAtBytes, clock } = this.#options;
      const figures = await scanDisk({ disk, digests, source, asOfInMs: takenAtInMs, mayGoOn, sealAtBytes });
      this.#last.set(disk, { ...figures, atInMs: clock.now() });
      return figures.isWhole;
    } finally {
      source.close();
    }
  }

  async #cut(moment: Moment, { members, disks }: WantedMarker): Promise<CutOutcome> {
    const { ids } = this.#options;
    const kind = moment.isFrozen ? ('app' as const) : ('crash' as const);
    const id = timeOrderedId(moment.takenAtInMs, ids.uuid());
    for (const disk of disks) disk.isSettled = true;
    try {
      return await cutMarker({
        ...{ disks, marker: { id, kind, members } },
        seenServiceTime: () => moment.seenServiceTimeInMs,
        now: () => moment.takenAtInMs,
      });
    } finally {
      for (const disk of disks) disk.isSettled = false;
    }
  }
}

/** What is pending is copied first: a pass begins when there is nothing else to send. */
function isReady(disk: ProtectedDisk): boolean {
  return isFed(disk) && disk.pending.count === 0;
}

function isFed(disk: ProtectedDisk): boolean {
  return disk.wish !== undefined && disk.hasSpoolRoom;
}

/** File systems tell the time in ticks: a write in the tick of the one before it would leave no trace of its own. */
const fileTimeTickInMs = 20;

/** When a file was written last. Nobody tells of a device. */
function lastWrite(path: string): string {
  const stats = statSync(path, { bigint: true });
  return stats.isFile() ? `${stats.mtimeNs} ${stats.size} ${stats.ino}` : '';
}
