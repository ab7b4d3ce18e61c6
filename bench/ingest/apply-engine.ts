import { randomUUID } from 'node:crypto';
import { PageBlobReplicaDisks } from '../../shared/azure/page-blob-replica-disks';
import { applyExtents } from '../../shared/service/apply-extents';
import { ownMemory } from '../../shared/service/logs/log-memory';
import { verifyLog, type VerifiedLog } from '../../shared/service/logs/verified-log';
import { systemClock } from '../../shared/system/system-clock';
import { median, secondsOf, speedOf } from './measure';
import { rawLimit } from './raw-limit';
import type { Accounts } from './replica';
import { sealLogs, type SealedLog } from './sealed-logs';
import { changedBytes, traceDiskBytes, type Trace } from './traces';

const mebibyte = 1024 * 1024;

export interface ApplyResult {
  readonly name: string;
  /** MiB of change a second, and the share of the raw limit of the same round that this is; medians. */
  readonly speed: number;
  readonly ofRaw: number;
  readonly requestsPerMebibyte: number;
  readonly naiveRequestsPerMebibyte: number;
}

/** Logs from memory, verified before, into a page blob, beside the raw limit, in turns. */
export async function applyTrace(
  trace: Trace,
  { target }: Accounts,
  { rounds, concurrency }: { readonly rounds: number; readonly concurrency: number },
): Promise<ApplyResult> {
  const bytes = changedBytes(trace);
  const source = randomUUID();
  const logs = await verifiedLogs(source, await sealLogs(trace, { replicaId: source }));
  const disks = new PageBlobReplicaDisks(target, systemClock);
  const speeds: number[] = [];
  const shares: number[] = [];
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    const raw = await rawLimit(target, bytes, concurrency);
    const replicaId = randomUUID();
    const disk = await disks.create(replicaId, traceDiskBytes);
    requests = 0;
    const seconds = await secondsOf(async () => {
      for (const log of logs) {
        const atNumber = 2 * log.header.sequence - 1;
        await disk.raise(atNumber);
        const applied = await applyExtents(disk, log, { atNumber });
        await disk.raise(atNumber + 1);
        requests += applied.requests;
      }
    });
    await disks.remove(replicaId);
    speeds.push(speedOf(bytes, seconds));
    shares.push(speedOf(bytes, seconds) / raw);
  }
  return {
    name: trace.name,
    speed: median(speeds),
    ofRaw: median(shares),
    requestsPerMebibyte: requests / (bytes / mebibyte),
    naiveRequestsPerMebibyte: trace.writes.length / (bytes / mebibyte),
  };
}

function verifiedLogs(replicaId: string, logs: readonly SealedLog[]): Promise<readonly VerifiedLog[]> {
  return Promise.all(
    logs.map(({ sequence, bytes }) => {
      const place = { replicaId, position: { epoch: 1, sequence }, diskSizeBytes: traceDiskBytes };
      const read = (): AsyncIterable<Uint8Array> => once(bytes);
      return verifyLog({ sizeBytes: bytes.length, read }, place, ownMemory(Infinity));
    }),
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
