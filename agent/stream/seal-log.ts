import { encodeChangeLog } from '../../shared/formats/change-log/encode-change-log';
import type { Marker } from '../../shared/model/change-log';
import type { Extent } from '../../shared/model/extent';
import { fold } from '../../shared/model/writes/fold';
import type { OpenLog } from '../capture/open-log';
import type { ReplicaSpool } from '../spool/replica-spool';
import { present } from '../../shared/assert';

export interface SealLogOptions {
  readonly replicaId: string;
  readonly diskSizeBytes: number;
  readonly spool: ReplicaSpool;
  readonly log: OpenLog;
  readonly marker: Marker | undefined;
  /** The agent's time, for a log without writes. */
  readonly nowInMs: number;
}

/** Seals an open log as the next of its epoch: folded, compressed, digested, chained, and in the spool. */
export async function sealLog({
  replicaId,
  diskSizeBytes,
  spool,
  log,
  marker,
  nowInMs,
}: SealLogOptions): Promise<number> {
  const head = present(spool.head, 'the head of a replica that is being sealed');
  const sequence = head.sequence + 1;
  const header = {
    replicaId,
    epoch: head.epoch,
    sequence,
    previousDigest: head.digest,
    diskSizeBytes,
    firstWriteTimeInMs: log.firstWriteTimeInMs ?? nowInMs,
    lastWriteTimeInMs: Math.max(log.lastWriteTimeInMs, log.firstWriteTimeInMs ?? nowInMs),
    ...(marker === undefined ? {} : { marker }),
  };
  const { bytes, digest } = await encodeChangeLog(header, folded(log.extents));
  await spool.keep(sequence, bytes, digest);
  return sequence;
}

/** The writes folded, their bytes not copied: a run of several parts stays several neighbouring extents. */
function folded(extents: readonly Extent[]): Extent[] {
  return fold(extents).flatMap((run): Extent[] => {
    if (run.kind === 'zero') return [run];
    let offsetBytes = run.offsetBytes;
    return run.parts.map((data) => {
      const extent: Extent = { kind: 'data', offsetBytes, lengthBytes: data.byteLength, data };
      offsetBytes += data.byteLength;
      return extent;
    });
  });
}
