import { endOf, pageWriteLimitBytes, type Extent, type Range, type ZeroExtent } from '../extent';

/** Neighbouring writes as one: its bytes are its parts, one after the other. At most one page write long. */
export interface DataRun extends Range {
  readonly kind: 'data';
  readonly parts: readonly Uint8Array[];
}

export type Run = DataRun | ZeroExtent;

/** Runs are cut here, so that no region a planner looks at is larger. */
export const regionBytes = 16 * 1024 * 1024;

/** Merges writes that ascend and do not overlap into runs, as they come by. */
export class RunMerger {
  #open: { kind: Extent['kind']; offsetBytes: number; endBytes: number; parts: Uint8Array[] } | undefined;

  /** Takes the next write and hands out the runs that it can no longer lengthen. */
  push(extent: Extent): readonly Run[] {
    const done: Run[] = [];
    for (let doneBytes = 0; doneBytes < extent.lengthBytes;) {
      const fromBytes = extent.offsetBytes + doneBytes;
      if (!this.#continues(extent.kind, fromBytes)) {
        done.push(...this.end());
        this.#open = { kind: extent.kind, offsetBytes: fromBytes, endBytes: fromBytes, parts: [] };
      }
      doneBytes += this.#take(extent, doneBytes);
    }
    return done;
  }

  /** Hands out what is left. */
  end(): readonly Run[] {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return [];
    const range = { offsetBytes: open.offsetBytes, lengthBytes: open.endBytes - open.offsetBytes };
    return [
      open.kind === 'zero' ? { kind: 'zero', ...range } : { kind: 'data', ...range, parts: open.parts },
    ];
  }

  #continues(kind: Extent['kind'], offsetBytes: number): boolean {
    const open = this.#open;
    if (open?.kind !== kind || open.endBytes !== offsetBytes) return false;
    return kind === 'zero' || offsetBytes < limitOf(open.offsetBytes);
  }

  /** Adds as much of the extent as the open run may hold; returns how much that was. */
  #take(extent: Extent, doneBytes: number): number {
    const open = this.#open;
    if (open === undefined) return 0;
    const leftBytes = extent.lengthBytes - doneBytes;
    const takenBytes =
      extent.kind === 'zero' ? leftBytes : Math.min(leftBytes, limitOf(open.offsetBytes) - open.endBytes);
    if (extent.kind === 'data') open.parts.push(extent.data.subarray(doneBytes, doneBytes + takenBytes));
    open.endBytes += takenBytes;
    return takenBytes;
  }
}

/** Where a run of data that begins here has to end at the latest. */
function limitOf(offsetBytes: number): number {
  const regionEndBytes = (Math.floor(offsetBytes / regionBytes) + 1) * regionBytes;
  return Math.min(offsetBytes + pageWriteLimitBytes, regionEndBytes);
}

/** The run's bytes in one piece: a view where it has a single part, else a copy, into `buffer` if one is given. */
export function bytesOf(run: DataRun, buffer?: Uint8Array): Uint8Array {
  const [only] = run.parts;
  if (only !== undefined && run.parts.length === 1) return only;
  const bytes = buffer?.subarray(0, run.lengthBytes) ?? new Uint8Array(run.lengthBytes);
  let filledBytes = 0;
  for (const part of run.parts) {
    bytes.set(part, filledBytes);
    filledBytes += part.length;
  }
  return bytes;
}

/** The run as one extent. */
export function extentOf(run: Run): Extent {
  if (run.kind === 'zero') return run;
  const { offsetBytes, lengthBytes } = run;
  return { kind: 'data', offsetBytes, lengthBytes, data: bytesOf(run) };
}

/** True if `next` begins where `run` ends. */
export function touches(run: Range, next: Range): boolean {
  return endOf(run) === next.offsetBytes;
}
