import { DefaultAzureCredential } from '@azure/identity';

export interface CredentialOptions {
  /** True where the authority is not one that Microsoft lists, so that asking Microsoft about it would fail. */
  readonly isPrivateAuthority: boolean;
}

/**
 * Who the app is, to every service it calls: the managed identity in Azure, a principal of the local issuer on one
 * machine. The SDK reads which from the environment (`AZURE_CLIENT_ID`, `AZURE_AUTHORITY_HOST` ...). Make one per
 * process: it holds the tokens.
 */
export function azureCredential({ isPrivateAuthority }: CredentialOptions): DefaultAzureCredential {
  return new DefaultAzureCredential({ disableInstanceDiscovery: isPrivateAuthority });
}
