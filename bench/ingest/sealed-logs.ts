import { randomFillSync } from 'node:crypto';
import { encodeChangeLog } from '../../shared/formats/change-log/encode-change-log';
import type { Extent } from '../../shared/model/extent';
import { fold } from '../../shared/model/writes/fold';
import { extentOf } from '../../shared/model/writes/run';
import { traceDiskBytes, type Trace, type TracedWrite } from './traces';

/** An agent seals a log at this much, at the latest. */
export const sealBytes = 64 * 1024 * 1024;

/** Bytes that no codec shrinks; every write takes some of them. */
const bytePool = randomFillSync(Buffer.alloc(8 * 1024 * 1024));

export interface StreamStart {
  readonly replicaId: string;
  readonly diskSizeBytes?: number;
  readonly firstSequence?: number;
  readonly previousDigest?: string;
}

export interface SealedLog {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly digest: string;
}

/** The logs an agent would seal of this trace: folded, chained, each of at most `limitBytes` of writes. */
export async function sealLogs(
  trace: Trace,
  start: StreamStart,
  limitBytes = sealBytes,
): Promise<readonly SealedLog[]> {
  const logs: SealedLog[] = [];
  let previousDigest = start.previousDigest ?? '0'.repeat(64);
  for (const writes of segments(trace.writes, limitBytes)) {
    const sequence = (start.firstSequence ?? 1) + logs.length;
    const header = {
      replicaId: start.replicaId,
      epoch: 1,
      sequence,
      previousDigest,
      diskSizeBytes: start.diskSizeBytes ?? traceDiskBytes,
      firstWriteTimeInMs: sequence,
      lastWriteTimeInMs: sequence,
    };
    const { bytes, digest } = await encodeChangeLog(header, fold(writes.map(extentOfWrite)).map(extentOf), {
      codec: 'none',
    });
    logs.push({ sequence, bytes, digest });
    previousDigest = digest;
  }
  return logs;
}

/** The writes between one seal and the next. */
export function* segments(
  writes: readonly TracedWrite[],
  limitBytes = sealBytes,
): Generator<readonly TracedWrite[]> {
  let segment: TracedWrite[] = [];
  let roomBytes = limitBytes;
  for (const write of writes) {
    if (roomBytes < write.lengthBytes && segment.length > 0) {
      yield segment;
      segment = [];
      roomBytes = limitBytes;
    }
    segment.push(write);
    if (write.kind === 'data') roomBytes -= write.lengthBytes;
  }
  if (segment.length > 0) yield segment;
}

export function extentOfWrite({ kind, offsetBytes, lengthBytes }: TracedWrite): Extent {
  if (kind === 'zero') return { kind, offsetBytes, lengthBytes };
  const from = (offsetBytes / 512) % (bytePool.length - lengthBytes);
  return { kind, offsetBytes, lengthBytes, data: bytePool.subarray(from, from + lengthBytes) };
}

/** Whole page writes of the same bytes, for the raw limit. */
export function poolSlice(lengthBytes: number): Buffer {
  return bytePool.subarray(0, lengthBytes);
}
