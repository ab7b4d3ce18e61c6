import { endOf, pageWriteLimitBytes, type Range } from '../extent';
import { touches, type DataRun, type Run } from './run';

/** What a storage account charges in time, in any one unit: for each request, and for each byte moved. */
export interface TransferCosts {
  readonly requestCost: number;
  readonly byteCost: number;
  readonly readByteCost: number;
}

const mebibyte = 1024 * 1024;

/** An Azure page blob: 500 requests and 60 MiB a second, in milliseconds. */
export const azureCosts: TransferCosts = {
  requestCost: 1000 / 500,
  byteCost: 1000 / (60 * mebibyte),
  readByteCost: 1000 / (60 * mebibyte),
};

/** Several runs in one write, with what the disk already holds between them. */
export interface Cluster extends Range {
  readonly runs: readonly DataRun[];
}

/** Read once, overlay the runs, write the clusters back. */
export interface Window extends Range {
  readonly kind: 'window';
  readonly clusters: readonly Cluster[];
}

export interface DirectWrite {
  readonly kind: 'write';
  readonly run: DataRun;
}

export interface Clear extends Range {
  readonly kind: 'clear';
}

export type PlannedWrite = DirectWrite | Clear | Window;

interface Plan {
  readonly cost: number;
  readonly writes: readonly PlannedWrite[];
}

/**
 * The cheapest way found to bring the runs of one region to a disk. Each byte of a run is written exactly once, and
 * between runs nothing is written but what was read there. The region is halved again and again; each half is either
 * read, modified and written as one window, or left to its own halves, down to single runs, which are written directly.
 */
export function planWrites(runs: readonly Run[], costs: TransferCosts): readonly PlannedWrite[] {
  const writes: PlannedWrite[] = [];
  for (const stretch of stretches(joinSmallZeros(runs, costs))) {
    if (Array.isArray(stretch)) writes.push(...planStretch(stretch, costs).writes);
    else writes.push({ kind: 'clear', offsetBytes: stretch.offsetBytes, lengthBytes: stretch.lengthBytes });
  }
  return writes;
}

/** Zeros beside data cost less as data than as a request of their own, if they are few. */
function joinSmallZeros(runs: readonly Run[], costs: TransferCosts): readonly Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const both = last === undefined ? undefined : joinedRun(last, run, costs);
    if (both === undefined) joined.push(run);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

function joinedRun(left: Run, right: Run, costs: TransferCosts): DataRun | undefined {
  const lengthBytes = left.lengthBytes + right.lengthBytes;
  if (!touches(left, right) || lengthBytes > pageWriteLimitBytes) return undefined;
  const zeroBytes =
    (left.kind === 'zero' ? left.lengthBytes : 0) + (right.kind === 'zero' ? right.lengthBytes : 0);
  if (zeroBytes === lengthBytes || zeroBytes * costs.byteCost > costs.requestCost) return undefined;
  return {
    kind: 'data',
    offsetBytes: left.offsetBytes,
    lengthBytes,
    parts: [...partsOf(left), ...partsOf(right)],
  };
}

function partsOf(run: Run): readonly Uint8Array[] {
  return run.kind === 'data' ? run.parts : [new Uint8Array(run.lengthBytes)];
}

/** Runs of zeros stand alone and part the data runs: what is cleared must not be read and written back beside it. */
function* stretches(runs: readonly Run[]): Generator<DataRun[] | Range> {
  let stretch: DataRun[] = [];
  for (const run of runs) {
    if (run.kind === 'data') {
      stretch.push(run);
    } else {
      yield stretch;
      yield run;
      stretch = [];
    }
  }
  yield stretch;
}

function planStretch(runs: readonly DataRun[], costs: TransferCosts): Plan {
  const [first] = runs;
  if (first === undefined) return { cost: 0, writes: [] };
  if (runs.length === 1) {
    const cost = costs.requestCost + first.lengthBytes * costs.byteCost;
    return { cost, writes: [{ kind: 'write', run: first }] };
  }
  const middle = halfway(runs);
  const left = planStretch(runs.slice(0, middle), costs);
  const right = planStretch(runs.slice(middle), costs);
  const window = planWindow(runs, costs);
  if (window.cost < left.cost + right.cost) return window;
  return { cost: left.cost + right.cost, writes: [...left.writes, ...right.writes] };
}

/** The index of the first run in the second half of the stretch's span; both halves hold at least one run. */
function halfway(runs: readonly DataRun[]): number {
  const span = spanOf(runs);
  const middleBytes = span.offsetBytes + span.lengthBytes / 2;
  const index = runs.findIndex(({ offsetBytes }) => offsetBytes >= middleBytes);
  return index <= 0 ? runs.length - 1 : index;
}

function planWindow(runs: readonly DataRun[], costs: TransferCosts): Plan {
  const span = spanOf(runs);
  const clusters = clustersOf(runs, costs.requestCost / costs.byteCost);
  const cost = clusters.reduce(
    (sum, { lengthBytes }) => sum + costs.requestCost + lengthBytes * costs.byteCost,
    costs.requestCost + span.lengthBytes * costs.readByteCost,
  );
  return { cost, writes: [{ kind: 'window', ...span, clusters }] };
}

/** Runs parted by less than `gapLimitBytes` go in one write, as long as it stays within the limit of one. */
function clustersOf(runs: readonly DataRun[], gapLimitBytes: number): readonly Cluster[] {
  const groups: DataRun[][] = [];
  for (const run of runs) {
    const group = groups.at(-1);
    const [first, last] = [group?.[0], group?.at(-1)];
    const fits =
      first !== undefined &&
      last !== undefined &&
      run.offsetBytes - endOf(last) < gapLimitBytes &&
      endOf(run) - first.offsetBytes <= pageWriteLimitBytes;
    if (fits) group?.push(run);
    else groups.push([run]);
  }
  return groups.map((group) => ({ ...spanOf(group), runs: group }));
}

function spanOf(runs: readonly DataRun[]): Range {
  const offsetBytes = runs[0]?.offsetBytes ?? 0;
  const last = runs.at(-1);
  return { offsetBytes, lengthBytes: last === undefined ? 0 : endOf(last) - offsetBytes };
}
