import type { TokenCredential } from '@azure/identity';
import { readFile } from 'node:fs/promises';
import { readLocalCloud } from '../settings/local-cloud';
import type { SignIn } from '../settings/settings';

/** Who asks: a token from the environment, somebody of a local directory, or whoever Azure's own chain finds. */
export async function credentialFor(signIn: SignIn): Promise<TokenCredential> {
  switch (signIn.kind) {
    case 'token': {
      const { token } = signIn;
      return { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
    }
    case 'local':
      return localCredential(signIn.dataFolder, signIn.principal);
    case 'azure': {
      const { DefaultAzureCredential } = await import('@azure/identity');
      // An authority that Microsoft does not list must not be asked about there.
      const host = process.env['AZURE_AUTHORITY_HOST'];
      return new DefaultAzureCredential({ disableInstanceDiscovery: host !== undefined && host !== '' });
    }
  }
}

async function localCredential(dataFolder: string, name: string): Promise<TokenCredential> {
  const { authorityHost, authorityFile, tenantId, principal } = await readLocalCloud(dataFolder, name);
  const { ClientSecretCredential } = await import('@azure/identity');
  return new ClientSecretCredential(tenantId, principal.clientId, principal.secret, {
    authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: await readFile(authorityFile, 'utf8') },
  });
}
