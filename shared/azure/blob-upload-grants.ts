import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  type BlobServiceClient,
  type UserDelegationKey,
} from '@azure/storage-blob';
import { logContainerName } from '../model/log-name';
import type { Clock } from '../ports/clock';
import type { UploadGrant, UploadGrants } from '../ports/upload-grants';

/** The newest version that both Azure and its emulator sign alike. */
const signatureVersion = '2025-07-05';

const hourInMs = 3_600_000;
const keyLifetimeInMs = 6 * hourInMs;

/** Clocks of agents, service and storage differ: a grant begins a little in the past. */
const clockSkewInMs = 5 * 60_000;

/** Grants signed with a key that Entra ID delegates to the app: no account key exists that could leak. */
export class BlobUploadGrants implements UploadGrants {
  #key: { readonly key: UserDelegationKey; readonly expiresAtMs: number } | undefined;

  constructor(
    private readonly cache: BlobServiceClient,
    private readonly clock: Clock,
  ) {}

  async grant(replicaId: string, epoch: number, expiresAtMs: number): Promise<UploadGrant> {
    const now = this.clock.now();
    const endsAtMs = Math.min(expiresAtMs, now + hourInMs);
    const containerName = logContainerName(replicaId, epoch);
    const signature = generateBlobSASQueryParameters(
      {
        containerName,
        permissions: ContainerSASPermissions.from({ create: true }),
        startsOn: new Date(now - clockSkewInMs),
        expiresOn: new Date(endsAtMs),
        protocol: SASProtocol.Https,
        version: signatureVersion,
      },
      await this.#delegationKey(now),
      this.cache.accountName,
    );
    const { url } = this.cache.getContainerClient(containerName);
    return { url: `${url}?${signature.toString()}`, expiresAtMs: endsAtMs };
  }

  async #delegationKey(now: number): Promise<UserDelegationKey> {
    if (this.#key === undefined || this.#key.expiresAtMs < now + hourInMs + clockSkewInMs) {
      const expiresAtMs = now + keyLifetimeInMs;
      const key = await this.cache.getUserDelegationKey(new Date(now - clockSkewInMs), new Date(expiresAtMs));
      this.#key = { key, expiresAtMs };
    }
    return this.#key.key;
  }
}
