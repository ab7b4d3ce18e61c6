import type { CachedLog } from '../../ports/log-cache';
import type { LogHeader } from '../../model/change-log';
import type { Position } from '../../model/position';
import { digestOfEpoch, readEpoch } from '../epochs/epoch-records';
import type { ReplicationPorts } from '../replication-ports';
import { findLog } from './find-log';
import { ownMemory } from './log-memory';

/** The end of what a replica holds: what its next log must be chained to. */
export interface ChainHead {
  readonly position: Position;
  readonly digest: string;
  /** The newest applied log, with all uploads of it; undefined at the start of an epoch. */
  readonly log?: { readonly header: LogHeader; readonly names: readonly CachedLog[] };
}

export type HeadSearch =
  | { readonly kind: 'found'; readonly head: ChainHead }
  | { readonly kind: 'missing'; readonly attempt: number; readonly faults: readonly string[] }
  | { readonly kind: 'gone' }
  /** There is no epoch here in which logs could be taken. */
  | { readonly kind: 'closed' };

/** The newest applied log stays in the cache for this; if the cache lost it, the agent still has it. */
export async function findChainHead(
  { cache, documents, measures }: ReplicationPorts,
  place: { readonly replicaId: string; readonly position: Position; readonly diskSizeBytes: number },
): Promise<HeadSearch> {
  const { position } = place;
  if (position.sequence === 0) {
    const record = await readEpoch(documents, place.replicaId, position.epoch);
    if (record === undefined || record.kind === 'stop') return { kind: 'closed' };
    return { kind: 'found', head: { position, digest: digestOfEpoch(record) } };
  }
  const search = await findLog(cache, place, ownMemory(measures.inMemoryLimitBytes));
  if (search.kind !== 'found') return search;
  const { header, digest } = search.log;
  return { kind: 'found', head: { position, digest, log: { header, names: search.names } } };
}
