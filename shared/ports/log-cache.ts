/** One upload of one change log. The lowest `attempt` that verifies counts. */
export interface LogName {
  readonly replicaId: string;
  readonly epoch: number;
  readonly sequence: number;
  /** 0 for the first upload, then 1, 2 ... for re-sends the service asked for. */
  readonly attempt: number;
}

export interface CachedLog extends LogName {
  readonly sizeBytes: number;
}

export interface CachedEpoch {
  readonly replicaId: string;
  readonly epoch: number;
}

/** Where change logs land first: one container per replica and epoch. It is the truth of what has arrived. */
export interface LogCache {
  /** Safe to repeat. */
  createEpoch(replicaId: string, epoch: number): Promise<void>;
  /** Removes the epoch's container with all its logs: grants for it answer 404 from then on. Safe to repeat. */
  removeEpoch(replicaId: string, epoch: number): Promise<void>;
  /** Every epoch that has a container, of one replica or of all. Costs a listing: for the sweep only. */
  epochs(replicaId?: string): AsyncIterable<CachedEpoch>;
  /** The uploads of one sequence, lowest attempt first; none where there is no container. A cheap look, not a listing. */
  attempts(replicaId: string, epoch: number, sequence: number): Promise<readonly CachedLog[]>;
  /** Everything the epoch holds from this sequence on, in order; nothing where there is no container. */
  list(replicaId: string, epoch: number, fromSequence: number): AsyncIterable<CachedLog>;
  /** The bytes, in chunks. Refuses with `NotFound`. */
  read(name: LogName): AsyncIterable<Uint8Array>;
  /** Never overwrites: refuses with `Conflict` if it is there, with `NotFound` if its container is gone. For agents beside the service and for tests. */
  put(name: LogName, bytes: Uint8Array): Promise<void>;
  /** Safe to repeat. */
  remove(name: LogName): Promise<void>;
}
