import type { ReplicaPolicy } from '../contracts/replication/replica-policy';
import { isRefusal } from '../errors';
import { isOpenNumber, nextPosition, positionOf, type Position } from '../model/position';
import type { CachedLog } from '../ports/log-cache';
import type { ReplicaDisk, ReplicaState } from '../ports/replica-disk';
import { BufferPool } from './buffer-pool';
import { applyLog, type ApplyWays } from './logs/apply-log';
import { findChainHead, type ChainHead } from './logs/chain-head';
import { journalLog } from './logs/journal';
import { LogSearches } from './logs/log-searches';
import { holdMarker } from './points/hold-marker';
import type { ReplicationPorts } from './replication-ports';

/** What a drain looked for in vain, and what was wrong with the uploads it found instead. */
export interface MissingLog {
  readonly position: Position;
  readonly attempt: number;
  readonly faults: readonly string[];
}

export interface DrainOutcome {
  /** The last closed position seen; undefined where there is no replica or no epoch that takes logs. */
  readonly closed: Position | undefined;
  /** Logs that stand below the closed position: they may go once it is durable. */
  readonly passed: readonly CachedLog[];
  readonly appliedLogs: number;
  readonly missing: MissingLog | undefined;
  /** The budget was spent before the cache was empty. */
  readonly isUnfinished: boolean;
}

interface Draining {
  readonly ports: ReplicationPorts;
  readonly replicaId: string;
  readonly policy: ReplicaPolicy;
  readonly disk: ReplicaDisk;
  readonly logs: LogSearches;
  readonly ways: ApplyWays;
  readonly untilMs: number;
  readonly passed: CachedLog[];
  head: ChainHead | undefined;
  closed: Position | undefined;
  appliedLogs: number;
}

/** A log that takes so long to apply that looking for the next meanwhile pays, even if it is not there. */
const worthAheadBytes = 1024 * 1024;

/** `again`: read the replica and decide anew. `end`: nothing to do for now. */
type Step = 'again' | 'end' | MissingLog;

/**
 * Applies whatever the cache holds next, starting from the disk's own position, until it holds nothing or the budget is
 * spent. Safe to run at any time, any number of times, even beside another copy of itself: the disk refuses a writer
 * that is behind. What it throws is worth trying again later.
 */
export async function drainReplica(
  ports: ReplicationPorts,
  replicaId: string,
  policy: ReplicaPolicy,
): Promise<DrainOutcome> {
  const disk = ports.disks.open(replicaId);
  const logs = new LogSearches(ports.cache, ports.measures.inMemoryLimitBytes);
  const { costs } = ports.measures;
  const ways = { buffers: new BufferPool(), ...(costs === undefined ? {} : { costs }) };
  const untilMs = ports.clock.now() + ports.measures.drainBudgetInMs;
  const draining: Draining = {
    ...{ ports, replicaId, policy, disk, logs, ways, untilMs },
    ...{ passed: [], head: undefined, closed: undefined, appliedLogs: 0 },
  };
  let step: Step;
  try {
    do step = await advance(draining);
    while (step === 'again' && !isOver(draining));
  } finally {
    await logs.drop();
  }
  const { closed, passed, appliedLogs } = draining;
  const missing = typeof step === 'object' ? step : undefined;
  return { closed, passed, appliedLogs, missing, isUnfinished: step === 'again' };
}

function isOver({ ports, untilMs }: Draining): boolean {
  return ports.clock.now() >= untilMs;
}

async function advance(draining: Draining): Promise<Step> {
  const state = await stateOf(draining.disk);
  if (state === undefined) return 'end';
  const at = positionOf(state.number);
  if (at.epoch === 0) return 'end';
  draining.closed = at;
  if (draining.head === undefined || !isSame(draining.head.position, at)) {
    const place = { replicaId: draining.replicaId, position: at, diskSizeBytes: state.sizeBytes };
    const search = await findChainHead(draining.ports, place);
    if (search.kind === 'closed') return 'end';
    if (search.kind === 'gone') return 'again';
    if (search.kind === 'missing') return { position: at, attempt: search.attempt, faults: search.faults };
    draining.head = search.head;
  }
  // Beyond an odd number the marker before it was dealt with already: see holdMarker.
  if (!isOpenNumber(state.number) && !(await passMarker(draining, draining.head, state))) return 'again';
  return applyNext(draining, draining.head, state);
}

async function passMarker(
  { ports, replicaId, policy }: Draining,
  { log, position, digest }: ChainHead,
  state: ReplicaState,
): Promise<boolean> {
  const marker = log?.header.marker;
  if (marker === undefined) return true;
  return holdMarker(ports, { replicaId, marker, position, chainHead: digest, state, policy });
}

async function applyNext(draining: Draining, head: ChainHead, state: ReplicaState): Promise<Step> {
  const { ports, replicaId, policy, disk, logs, ways } = draining;
  const at = head.position;
  const position = nextPosition(at);
  const place = { replicaId, position, previousDigest: head.digest, diskSizeBytes: state.sizeBytes };
  const search = await logs.find(place);
  if (search.kind === 'gone') return 'again';
  if (search.kind === 'missing') return { position, attempt: search.attempt, faults: search.faults };

  const { log, names } = search;
  if (isWorthLookingAhead(draining, names)) {
    logs.lookAhead({ ...place, position: nextPosition(position), previousDigest: log.digest });
  }
  await journalLog(ports.documents, log, policy);
  const closed = await applyLog(disk, log, { at, ...ways });
  if (closed === undefined) {
    await logs.drop();
    return 'again';
  }
  draining.appliedLogs += 1;
  draining.closed = position;
  draining.passed.push(...(head.log?.names ?? []));
  draining.head = { position, digest: log.digest, log: { header: log.header, names } };
  return 'again';
}

/** After a small log alone there is most often nothing yet, and looking is not free; from the second on there is a queue. */
function isWorthLookingAhead(draining: Draining, [first]: readonly CachedLog[]): boolean {
  const isQueued = draining.appliedLogs > 0 || (first?.sizeBytes ?? 0) >= worthAheadBytes;
  return isQueued && !isOver(draining);
}

async function stateOf(disk: ReplicaDisk): Promise<ReplicaState | undefined> {
  try {
    return await disk.state();
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

function isSame(left: Position, right: Position): boolean {
  return left.epoch === right.epoch && left.sequence === right.sequence;
}
