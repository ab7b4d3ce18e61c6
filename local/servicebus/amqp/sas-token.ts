import { createHmac, timingSafeEqual } from 'node:crypto';
import { BrokerError } from '../broker-error';

export interface AccessKey {
  readonly name: string;
  readonly key: string;
}

export interface AccessGrant {
  /** The entity path the token is for, without slashes at its ends; empty for everything. */
  readonly path: string;
  readonly expiresAtMs: number;
}

/** Checks a shared-access-signature token, and says what it is good for. */
export function verifySasToken(token: string, { name, key }: AccessKey, nowMs: number): AccessGrant {
  const fields = new URLSearchParams(token.replace(/^SharedAccessSignature\s+/, ''));
  const [resource, signature, expiry, keyName] = ['sr', 'sig', 'se', 'skn'].map((field) => fields.get(field));
  if (!resource || !signature || !expiry || !keyName) throw unauthorized('the token is not a SAS token');
  const expected = createHmac('sha256', key)
    .update(`${encodeURIComponent(resource)}\n${expiry}`)
    .digest();
  const given = Buffer.from(signature, 'base64');
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (keyName !== name || !isSigned)
    throw unauthorized('InvalidSignature: The token has an invalid signature.');
  const expiresAtMs = Number(expiry) * 1_000;
  if (!(expiresAtMs > nowMs)) throw unauthorized('ExpiredToken: The token is expired.');
  return { path: entityPath(resource), expiresAtMs };
}

/** The path of an address or audience such as `sb://host:port/queue/`. */
export function entityPath(address: string): string {
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, '');
  return path.replace(/^\/+|\/+$/g, '');
}

/** Whether a grant covers an entity: itself, or anything below it. */
export function covers({ path }: AccessGrant, entity: string): boolean {
  const granted = path.toLowerCase();
  const wanted = entity.toLowerCase();
  return granted === '' || wanted === granted || wanted.startsWith(`${granted}/`);
}

function unauthorized(message: string): BrokerError {
  return new BrokerError('amqp:unauthorized-access', message);
}
