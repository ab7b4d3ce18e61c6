import type { ReplicaRecord } from '../contracts/replication/replica-record';
import type { TransferCosts } from '../model/writes/plan-writes';
import type { Barrier } from '../ports/barrier';
import type { Clock } from '../ports/clock';
import type { Doorbells } from '../ports/doorbells';
import type { Events } from '../ports/events';
import type { Ids } from '../ports/ids';
import type { LogCache } from '../ports/log-cache';
import type { Records } from '../ports/records';
import type { ReplicaDisks } from '../ports/replica-disks';
import type { TargetDocuments } from '../ports/target-documents';

/** Measures of the replication services that nobody has to choose, but a test may. */
export interface ReplicationMeasures {
  /** A drain that has worked for this long rings its own bell and makes room for other disks. */
  readonly drainBudgetInMs: number;
  /** How many uploads of one log may be bad before a person, or a resync, must help. */
  readonly attemptLimit: number;
  /** Logs up to this size are verified and applied in memory; larger ones are read twice. */
  readonly inMemoryLimitBytes: number;
  /** The block of a digest map, and how many of them one served part covers. */
  readonly digestBlockBytes: number;
  readonly digestSegmentBlocks: number;
  /** Upkeep (freeing, pruning, sweeping) of a replica runs this often. */
  readonly tidyIntervalInMs: number;
  /** An agent that has not reported for this long is silent. */
  readonly silenceLimitInMs: number;
  readonly costs?: TransferCosts;
}

export const usualMeasures: ReplicationMeasures = {
  drainBudgetInMs: 60_000,
  attemptLimit: 3,
  inMemoryLimitBytes: 16 * 1024 * 1024,
  digestBlockBytes: 64 * 1024,
  digestSegmentBlocks: 65_536,
  tidyIntervalInMs: 3_600_000,
  silenceLimitInMs: 15 * 60_000,
};

/** Everything the replication services stand on. */
export interface ReplicationPorts {
  readonly disks: ReplicaDisks;
  readonly cache: LogCache;
  readonly documents: TargetDocuments;
  readonly barrier: Barrier;
  readonly doorbells: Doorbells;
  readonly records: Records;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly measures: ReplicationMeasures;
  /** Told of every replica as each sweep finds it, for whoever measures. Nothing depends on it. */
  readonly observe?: (record: ReplicaRecord) => void;
}
