import type { Directory } from './directory';
import { Refusal } from './refusal';
import type { SigningKey } from './signing-key';
import { grantToken } from './token-grant';

export interface IssuerOptions {
  readonly directory: Directory;
  readonly signingKey: SigningKey;
  /** `https://127.0.0.1:port`, as clients reach it. */
  readonly origin: string;
  readonly clock: { now(): number };
  readonly newId: () => string;
  readonly lifetimeInSeconds: number;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization?: string | undefined;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Answers a request: OpenID discovery, the key set, or a token. */
export async function answer(asked: Asked, options: IssuerOptions): Promise<Answer> {
  try {
    const [tenant = '', ...rest] = asked.path.split('/').slice(1);
    const endpoint = rest.join('/');
    if (
      !['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys', 'oauth2/v2.0/token'].includes(
        endpoint,
      )
    ) {
      return {
        status: 404,
        body: { error: 'not_found', error_description: 'There is nothing at this address.' },
      };
    }
    if (tenant.toLowerCase() !== options.directory.tenantId) throw Refusal.unknownTenant(tenant);
    if (endpoint === 'discovery/v2.0/keys')
      return { status: 200, body: { keys: [options.signingKey.publicJwk] } };
    if (endpoint !== 'oauth2/v2.0/token') return { status: 200, body: discovery(options) };
    if (asked.method !== 'POST') throw Refusal.malformed('The endpoint only accepts POST requests.');
    return { status: 200, body: await token(asked, options) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: error.body(options.clock.now(), options.newId()) };
  }
}

/** What the tokens name as their issuer. */
export function issuerOf(origin: string, directory: Directory): string {
  return `${origin}/${directory.tenantId}/v2.0`;
}

function token(asked: Asked, options: IssuerOptions): Promise<object> {
  const form = new URLSearchParams(asked.body);
  for (const [name, value] of basicCredentials(asked.authorization)) form.set(name, value);
  return grantToken(form, {
    directory: options.directory,
    signingKey: options.signingKey,
    issuer: issuerOf(options.origin, options.directory),
    lifetimeInSeconds: options.lifetimeInSeconds,
    now: options.clock.now(),
    tokenId: options.newId(),
  });
}

/** `curl --user id:secret`: RFC 6749 lets a client send its secret in the header as well. */
function basicCredentials(authorization: string | undefined): [string, string][] {
  const encoded = /^basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return [];
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw Refusal.malformed('The Authorization header is not of the form id:secret.');
  return [
    ['client_id', decoded.slice(0, colon)],
    ['client_secret', decoded.slice(colon + 1)],
  ];
}

function discovery({ origin, directory }: IssuerOptions): object {
  const base = `${origin}/${directory.tenantId}`;
  return {
    issuer: issuerOf(origin, directory),
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    grant_types_supported: ['client_credentials'],
  };
}
