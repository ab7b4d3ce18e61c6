import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Failure } from '../failure';
import type { Request } from './request';

export type Authorize = (request: Request) => Promise<void>;

/** Every caller brings a token; with an issuer, one that it signed for a management endpoint. */
export function authorization(issuer: string | undefined): Authorize {
  const keys =
    issuer === undefined
      ? undefined
      : createRemoteJWKSet(new URL(`${issuer.replace(/\/v2\.0$/, '')}/discovery/v2.0/keys`));
  return async ({ headers, origin }) => {
    const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) {
      throw new Failure(
        401,
        'AuthenticationFailed',
        "Authentication failed. The 'Authorization' header is missing.",
      );
    }
    if (keys === undefined || issuer === undefined) return;
    const audience = [origin, 'https://management.azure.com', 'https://management.core.windows.net'];
    await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] }).catch((error: unknown) => {
      throw new Failure(
        401,
        'InvalidAuthenticationToken',
        `The access token is invalid: ${error instanceof Error ? error.message : ''}`,
      );
    });
  };
}
