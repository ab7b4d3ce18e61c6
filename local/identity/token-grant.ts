import { SignJWT } from 'jose';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Directory, Principal } from './directory';
import { Refusal } from './refusal';
import type { SigningKey } from './signing-key';

export interface GrantContext {
  readonly directory: Directory;
  readonly signingKey: SigningKey;
  readonly issuer: string;
  readonly lifetimeInSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly tokenId: string;
}

export interface Grant {
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
}

/** The client-credentials grant of OAuth 2: a principal shows its secret and gets a token for one resource. */
export async function grantToken(form: URLSearchParams, context: GrantContext): Promise<Grant> {
  const grantType = required(form, 'grant_type');
  if (grantType !== 'client_credentials') throw Refusal.unsupportedGrant(grantType);
  const principal = authenticated(form, context.directory);
  const audience = audienceOf(required(form, 'scope'), context.directory);
  const expires = context.lifetimeInSeconds;
  return {
    token_type: 'Bearer',
    expires_in: expires,
    ext_expires_in: expires,
    access_token: await sign(principal, audience, context),
  };
}

function required(form: URLSearchParams, name: string): string {
  const values = form.getAll(name);
  if (values.length > 1) throw Refusal.malformed(`'${name}' is duplicated.`);
  const value = values[0];
  if (value === undefined || value === '') throw Refusal.missing(name);
  return value;
}

function authenticated(form: URLSearchParams, directory: Directory): Principal {
  const clientId = required(form, 'client_id').toLowerCase();
  const principal = directory.principals.find((known) => known.clientId.toLowerCase() === clientId);
  if (principal === undefined) throw Refusal.unknownClient(clientId, directory.tenantId);
  if (!isSame(required(form, 'client_secret'), principal.secret)) throw Refusal.wrongSecret(clientId);
  return principal;
}

function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** The audience is the scope without `/.default`, written as the caller wrote it: some write a slash more. */
function audienceOf(scope: string, directory: Directory): string {
  const suffix = '/.default';
  if (!scope.endsWith(suffix) || scope.includes(' ')) throw Refusal.scopeWithoutDefault(scope);
  const resource = scope.slice(0, -suffix.length);
  const bare = (text: string) => text.replace(/\/$/, '').toLowerCase();
  if (!directory.resources.some((known) => bare(known) === bare(resource))) {
    throw Refusal.unknownResource(resource, directory.tenantId);
  }
  return resource;
}

function sign(principal: Principal, audience: string, context: GrantContext): Promise<string> {
  const { signingKey, directory, lifetimeInSeconds } = context;
  const issued = Math.floor(context.now / 1000);
  return new SignJWT({
    azp: principal.clientId,
    azpacr: '1',
    idtyp: 'app',
    name: principal.name,
    oid: principal.objectId,
    roles: principal.roles,
    tid: directory.tenantId,
    uti: context.tokenId,
    ver: '2.0',
  })
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: signingKey.keyId })
    .setIssuer(context.issuer)
    .setSubject(principal.objectId)
    .setAudience(audience)
    .setIssuedAt(issued)
    .setNotBefore(issued)
    .setExpirationTime(issued + lifetimeInSeconds)
    .sign(signingKey.privateKey);
}
