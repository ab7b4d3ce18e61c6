import { endOf, type Extent, type Range } from '../extent';
import { LatestFirst } from '../latest-first';
import { RunMerger, type Run } from './run';

/**
 * Turns writes, in the order they were made, into the fewest that leave the same bytes: sorted, none overlapping
 * another, the later one winning, neighbours merged (data up to 4 MiB, zeros without limit). No data is copied.
 */
export function fold(extents: readonly Extent[]): readonly Run[] {
  const merger = new RunMerger();
  const runs: Run[] = [];
  for (const extent of isFolded(extents) ? extents : uncovered(extents)) runs.push(...merger.push(extent));
  runs.push(...merger.end());
  return runs;
}

/** True if the extents ascend and none overlaps another. */
export function isFolded(extents: readonly Range[]): boolean {
  let reachedBytes = 0;
  for (const extent of extents) {
    if (extent.offsetBytes < reachedBytes) return false;
    reachedBytes = endOf(extent);
  }
  return true;
}

/**
 * The parts of the writes that no later write covers, in order of offset. A sweep: between two offsets at which a
 * write begins or ends, the latest of the writes under way is what the disk shows.
 */
function* uncovered(extents: readonly Extent[]): Generator<Extent> {
  const starts = extents.map((_, index) => index);
  starts.sort((left, right) => offsetAt(extents, left) - offsetAt(extents, right));
  const underWay = new LatestFirst(extents.map(endOf));
  let next = 0;
  for (let cursorBytes = offsetAt(extents, starts[0]); ;) {
    while (offsetAt(extents, starts[next]) <= cursorBytes) underWay.add(starts[next++] ?? 0);
    const latest = underWay.latestBeyond(cursorBytes);
    const nextStartBytes = offsetAt(extents, starts[next]);
    if (latest === undefined) {
      if (nextStartBytes === Infinity) return;
      cursorBytes = nextStartBytes;
      continue;
    }
    const extent = extents[latest];
    if (extent === undefined) return;
    const untilBytes = Math.min(endOf(extent), nextStartBytes);
    yield part(extent, cursorBytes, untilBytes);
    cursorBytes = untilBytes;
  }
}

/** Where the write of this index begins; beyond the last one: never. */
function offsetAt(extents: readonly Extent[], index: number | undefined): number {
  return (index === undefined ? undefined : extents[index]?.offsetBytes) ?? Infinity;
}

/** The bytes of an extent from one offset of the disk to another. */
export function part(extent: Extent, fromBytes: number, untilBytes: number): Extent {
  const range = { offsetBytes: fromBytes, lengthBytes: untilBytes - fromBytes };
  if (extent.kind === 'zero') return { kind: 'zero', ...range };
  const start = fromBytes - extent.offsetBytes;
  return { kind: 'data', ...range, data: extent.data.subarray(start, start + range.lengthBytes) };
}
