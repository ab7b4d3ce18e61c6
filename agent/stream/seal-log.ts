import { present } from '../../shared/assert';
import type { Marker } from '../../shared/model/change-log';
import type { OpenLog } from '../capture/open-log';
import type { ReplicaSpool } from '../spool/replica-spool';
import type { LogSealer } from './log-sealer';

export interface SealLogOptions {
  readonly replicaId: string;
  readonly diskSizeBytes: number;
  readonly spool: ReplicaSpool;
  readonly sealer: LogSealer;
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
  sealer,
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
  await spool.keep(sequence, (path) => sealer.seal({ header, writes: log.writes, path }));
  return sequence;
}
