import type { Range } from '../../shared/model/extent';
import { fold } from '../../shared/model/writes/fold';
import { azureCosts, planWrites, type PlannedWrite } from '../../shared/model/writes/plan-writes';
import { RegionCutter } from '../../shared/model/writes/region-cutter';
import { extentOfWrite, segments } from './sealed-logs';
import { changedBytes, type Trace } from './traces';

const mebibyte = 1024 * 1024;
const requestsPerSecond = 500;
const mebibytesPerSecond = 60;

export interface Ceiling {
  readonly name: string;
  /** MiB of change a second that one Azure page blob takes, written in order and as planned. */
  readonly naive: number;
  readonly planned: number;
}

/** No storage is asked: only counts of requests and bytes, and what Microsoft publishes for one page blob. */
export function modelledCeiling(trace: Trace): Ceiling {
  const changed = changedBytes(trace) / mebibyte;
  const planned = [...segments(trace.writes)].flatMap((writes) => requestsFor(writes));
  return {
    name: trace.name,
    naive: changed / secondsFor(trace.writes),
    planned: changed / secondsFor(planned),
  };
}

function requestsFor(writes: Trace['writes']): readonly Range[] {
  const cutter = new RegionCutter();
  const regions = fold(writes.map(extentOfWrite)).flatMap((run) => [...cutter.push(run)]);
  return [...regions, ...cutter.end()].flatMap((region) =>
    planWrites(region, azureCosts).flatMap(requestsOf),
  );
}

/** Every request with the bytes it moves; reads count like writes, clears move none. */
function requestsOf(write: PlannedWrite): readonly Range[] {
  if (write.kind === 'write') return [write.run];
  return write.kind === 'clear' ? [{ offsetBytes: 0, lengthBytes: 0 }] : [write, ...write.clusters];
}

function secondsFor(requests: readonly Range[]): number {
  const bytes = requests.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return Math.max(requests.length / requestsPerSecond, bytes / mebibyte / mebibytesPerSecond);
}
