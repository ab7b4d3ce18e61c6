import { truncate, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts } from '../ingest/replica';
import { freshBytes } from './changes';
import { printGoal, row } from './print';
import { type BenchDisk, caughtUp, openBenchDisk, wrongBytes } from './protected-bench-disk';

const mebibyte = 1024 * 1024;
const diskBytes = 1024 * mebibyte;
const markersInMs = 1000;

interface LiveLoad {
  readonly megabytesPerSecond: number;
  readonly seconds: number;
  readonly writeBytes: number;
  readonly nextOffset: (count: number) => number;
}

/** A guest that writes at a rate, markers every second, and how old the newest recovery point is at each moment. */
export async function liveLag(accounts: Accounts, shorter: number): Promise<void> {
  const disk = await openBenchDisk({ accounts, sizeBytes: diskBytes, make: emptyDisk });
  try {
    const replicaId = await disk.service.protect(diskBytes);
    await caughtUp(disk, replicaId);
    const zipf = zipfBlocks(4096);
    const steady = { megabytesPerSecond: 32, seconds: 15 / shorter, writeBytes: 65_536, nextOffset: zipf };
    const lags = await lagUnder(disk, replicaId, steady);
    const told = [0.5, 0.95, 1].map((share) => (percentile(lags, share) / 1000).toFixed(2));
    row('RPO at 32 MB/s zipf 64 KiB, p50/p95/max, s', told.join(' / '));
    printGoal('G10 RPO at 32 MB/s, p95, s', percentile(lags, 0.95) / 1000, {
      floor: 3,
      aim: 1.5,
      more: false,
    });

    const nextOffset = (count: number): number => (count % (diskBytes / mebibyte)) * mebibyte;
    const heavy = { megabytesPerSecond: 100, seconds: 30 / shorter, writeBytes: mebibyte, nextOffset };
    const startedAt = performance.now();
    const behind = await lagUnder(disk, replicaId, heavy);
    const wroteSeconds = (performance.now() - startedAt) / 1000;
    const drainingFrom = performance.now();
    await caughtUp(disk, replicaId);
    const drained = (performance.now() - drainingFrom) / 1000;
    row('100 MB/s sequential: RPO p95, s', (percentile(behind, 0.95) / 1000).toFixed(2));
    row('100 MB/s sequential: writes took / were to take', (wroteSeconds / heavy.seconds).toFixed(2));
    row('100 MB/s sequential: drained after, s', drained.toFixed(2));
    row('100 MB/s sequential: memory of the agent, MiB', (await disk.agent.memoryMebibytes()).toFixed(0));
    printGoal('G10 resyncs', disk.service.resyncs, { floor: 0, aim: 0, more: false });
    printGoal('G10 bytes wrong', await wrongBytes(disk, replicaId), { floor: 0, aim: 0, more: false });
  } finally {
    await disk.stop();
  }
}

export async function emptyDisk(path: string): Promise<void> {
  await writeFile(path, '');
  await truncate(path, diskBytes);
}

/** Writes at the rate; the age of the newest point, looked at ten times a second. */
async function lagUnder(
  { guest, service }: BenchDisk,
  replicaId: string,
  { megabytesPerSecond, seconds, writeBytes, nextOffset }: LiveLoad,
): Promise<readonly number[]> {
  service.cutEvery(markersInMs);
  const startedAt = performance.now();
  const total = Math.ceil((megabytesPerSecond * 1e6 * seconds) / writeBytes);
  let isWriting = true;
  const lags: number[] = [];
  const watching = (async () => {
    while (isWriting) {
      await pause(100);
      const newest = await service.newestPointInMs(replicaId);
      if (performance.now() - startedAt > 2 * markersInMs) lags.push(Date.now() - newest);
    }
  })();
  for (let count = 0; count < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000 / seconds) * total));
    const writes = Array.from({ length: Math.min(16, due - count) }, () =>
      guest.write(nextOffset(count++), freshBytes(writeBytes)),
    );
    await Promise.all(writes);
    if (count >= due) await pause(2);
  }
  isWriting = false;
  await watching;
  return lags;
}

/** Blocks by Zipf's law: few of them often. */
function zipfBlocks(blocks: number): () => number {
  const cumulative = new Float64Array(blocks);
  let sum = 0;
  for (let rank = 0; rank < blocks; rank += 1) cumulative[rank] = sum += 1 / (rank + 1) ** 0.99;
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const chosen = (state / 2 ** 32) * sum;
    const rank = cumulative.findIndex((value) => value >= chosen);
    return ((rank * 2_654_435_761) % blocks) * 65_536;
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
