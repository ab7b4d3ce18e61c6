export interface UploadGrant {
  /** The container's address with its signature: a log is put at its blob's name below it. */
  readonly url: string;
  readonly expiresAtMs: number;
}

/** Lets an agent put change logs into one epoch's container: create only, never overwrite, read, list or delete. */
export interface UploadGrants {
  /** A grant until `expiresAtMs`, but for an hour at most; both the epoch's end and its expiry end it. */
  grant(replicaId: string, epoch: number, expiresAtMs: number): Promise<UploadGrant>;
}
