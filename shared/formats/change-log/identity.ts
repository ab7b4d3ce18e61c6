import { assert } from '../../assert';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The 16 bytes of a UUID in the order it is written. */
export function identityToBytes(id: string): Buffer {
  assert(uuid.test(id), `'${id}' is not a lower-case UUID`);
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function identityFromBytes(bytes: Buffer): string {
  const digits = bytes.toString('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}
