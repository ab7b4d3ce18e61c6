import type { UploadGrant } from './upload-grants';

/** Lets an agent of a site read one replica disk of the target account: read only, that disk alone. */
export interface ReadGrants {
  /** A grant until `expiresAtMs`; the address of the disk's content, with the right to read ranges of it. */
  grantRead(replicaId: string, expiresAtMs: number): Promise<UploadGrant>;
}
