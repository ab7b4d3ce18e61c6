import { randomBytes } from 'node:crypto';

/** A lock token: the sixteen bytes of a UUID in the order RFC 4122 gives, as hex. */
export function newLockToken(): string {
  return randomBytes(16).toString('hex');
}

/** Delivery tags carry the token in the byte order of a .NET GUID. */
export function tagOf(token: string): Buffer {
  return swapped(Buffer.from(token, 'hex'));
}

export function tokenOfTag(tag: Buffer): string {
  return swapped(tag).toString('hex');
}

function swapped(bytes: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((index) => bytes[index] ?? 0));
}
