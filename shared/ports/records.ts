/** Where a record lives. All records of one partition can be listed in order of their ids. */
export interface RecordKey {
  readonly partition: string;
  readonly id: string;
}

export interface StoredRecord extends RecordKey {
  /** JSON. Parse it with the schema of what you expect: it may be old or foreign. */
  readonly body: unknown;
  /** Changes with every write. */
  readonly etag: string;
}

export interface RecordQuery {
  /** Only ids that begin so. */
  readonly idPrefix?: string;
  /** Only records whose body has these top-level values. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  readonly descending?: boolean;
  readonly limit?: number;
  /** What the page before this one returned. Opaque. */
  readonly continuation?: string;
}

export interface RecordPage {
  readonly records: readonly StoredRecord[];
  /** Absent on the last page. */
  readonly continuation?: string;
}

/**
 * The catalogue: documents by partition and id, each with an etag. It mirrors what storage proves and never leads.
 * Implementations must pass test/contract/records.contract.ts.
 */
export interface Records {
  get(key: RecordKey): Promise<StoredRecord | undefined>;
  /** Refuses with `Conflict` if the record is there. */
  create(key: RecordKey, body: object): Promise<StoredRecord>;
  /** Refuses with `NotFound`, or with `PreconditionFailed` if the record is no longer at this etag. */
  replace(key: RecordKey, body: object, etag: string): Promise<StoredRecord>;
  /** Creates or overwrites. Safe to repeat. */
  put(key: RecordKey, body: object): Promise<StoredRecord>;
  /** Safe to repeat. With an etag, refuses with `PreconditionFailed` if the record changed. */
  remove(key: RecordKey, etag?: string): Promise<void>;
  list(partition: string, query?: RecordQuery): Promise<RecordPage>;
}
