import {
  BlobSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  type BlobServiceClient,
} from '@azure/storage-blob';
import type { Clock } from '../ports/clock';
import type { ReadGrants } from '../ports/read-grants';
import type { UploadGrant } from '../ports/upload-grants';

/** The newest version that both Azure and its emulator sign alike. */
const signatureVersion = '2025-07-05';

const dayInMs = 24 * 3_600_000;
const clockSkewInMs = 5 * 60_000;

/** Grants to read one replica disk, signed with a key that Entra ID delegates to the app. */
export class BlobReadGrants implements ReadGrants {
  constructor(
    private readonly target: BlobServiceClient,
    private readonly clock: Clock,
  ) {}

  async grantRead(replicaId: string, expiresAtMs: number): Promise<UploadGrant> {
    const now = this.clock.now();
    const endsAtMs = Math.min(expiresAtMs, now + dayInMs);
    const [startsOn, expiresOn] = [new Date(now - clockSkewInMs), new Date(endsAtMs)];
    const place = { containerName: 'replicas', blobName: `${replicaId}.vhd` };
    const signature = generateBlobSASQueryParameters(
      {
        ...{ ...place, startsOn, expiresOn, protocol: SASProtocol.Https, version: signatureVersion },
        permissions: BlobSASPermissions.from({ read: true }),
      },
      await this.target.getUserDelegationKey(startsOn, expiresOn),
      this.target.accountName,
    );
    const { url } = this.target.getContainerClient(place.containerName).getPageBlobClient(place.blobName);
    return { url: `${url}?${signature.toString()}`, expiresAtMs: endsAtMs };
  }
}
