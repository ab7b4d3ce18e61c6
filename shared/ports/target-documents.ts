export interface TargetDocument {
  readonly name: string;
  readonly body: unknown;
  readonly etag: string;
}

/**
 * Small JSON documents and journalled logs in the target account: epoch records, point manifests, quarantine notes.
 * They are the truth that the catalogue mirrors.
 */
export interface TargetDocuments {
  get(name: string): Promise<TargetDocument | undefined>;
  /** Refuses with `Conflict` if it is there. */
  create(name: string, body: object): Promise<TargetDocument>;
  /** Refuses with `PreconditionFailed` if it changed. */
  replace(name: string, body: object, etag: string): Promise<TargetDocument>;
  /** Safe to repeat. With an etag, refuses with `PreconditionFailed` if it changed. */
  remove(name: string, etag?: string): Promise<void>;
  /** Names that begin so, in order. */
  list(prefix: string): AsyncIterable<string>;
  putBytes(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Refuses with `NotFound`. */
  bytes(name: string): AsyncIterable<Uint8Array>;
}
