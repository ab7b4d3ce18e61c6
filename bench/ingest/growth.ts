import { BlobLogCache } from '../../shared/azure/blob-log-cache';
import { median, secondsOf } from './measure';
import { createReplica, type Accounts } from './replica';
import { sealLogs } from './sealed-logs';
import { uniform, type Trace } from './traces';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

export interface GrowthResult {
  readonly disks: number;
  readonly diskGibibytes: number;
  /** Milliseconds for each MiB of change, over all disks; median. */
  readonly timePerMebibyte: number;
}

/** The same total change spread over more disks at once, and the same change on larger disks. */
export async function costGrowth(accounts: Accounts, rounds: number): Promise<readonly GrowthResult[]> {
  const cases = [
    { disks: 1, diskGibibytes: 1 },
    { disks: 8, diskGibibytes: 1 },
    { disks: 32, diskGibibytes: 1 },
    { disks: 1, diskGibibytes: 10 },
    { disks: 1, diskGibibytes: 100 },
  ];
  const times = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, one] of cases.entries()) times[index]?.push(await drainMany(accounts, one));
  }
  return cases.map((one, index) => ({ ...one, timePerMebibyte: median(times[index] ?? []) }));
}

async function drainMany(
  accounts: Accounts,
  { disks, diskGibibytes }: { readonly disks: number; readonly diskGibibytes: number },
): Promise<number> {
  const cache = new BlobLogCache(accounts.cache);
  const totalMebibytes = 32;
  const replicas = await Promise.all(
    Array.from({ length: disks }, () => createReplica(accounts, diskGibibytes * gibibyte)),
  );
  for (const [index, { replicaId, chainHead }] of replicas.entries()) {
    const diskSizeBytes = diskGibibytes * gibibyte;
    const start = { replicaId, previousDigest: chainHead, diskSizeBytes };
    for (const { sequence, bytes } of await sealLogs(
      churn(totalMebibytes / disks, diskSizeBytes, index),
      start,
    )) {
      await cache.put({ replicaId, epoch: 1, sequence, attempt: 0 }, bytes);
    }
  }
  const seconds = await secondsOf(() => Promise.all(replicas.map(({ drain }) => drain())));
  await Promise.all(replicas.map(({ remove }) => remove()));
  return (seconds * 1000) / totalMebibytes;
}

/** Writes of 64 KiB at random places. */
function churn(mebibytes: number, diskSizeBytes: number, seed: number): Trace {
  const { name, writes } = uniform((mebibytes * mebibyte) / 16, diskSizeBytes / 16, seed);
  const larger = writes.map(({ kind, offsetBytes, lengthBytes }) => ({
    kind,
    offsetBytes: offsetBytes * 16,
    lengthBytes: lengthBytes * 16,
  }));
  return { name, writes: larger };
}
