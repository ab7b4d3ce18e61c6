import { badRequest } from '../failure';

const longestId = 1023;

/** An id the service would take: 1 to 1023 bytes, none of the characters that a path cannot carry. */
export function checkedId(id: unknown): string {
  if (typeof id !== 'string' || id === '') {
    throw badRequest('The input name is invalid: the id must be a text and not be empty.');
  }
  if (/[/\\?#]/.test(id)) throw badRequest("The input name is invalid: it contains '/', '\\', '?' or '#'.");
  if (id.endsWith(' ')) throw badRequest('The input name is invalid: it ends with a space.');
  if (Buffer.byteLength(id) > longestId) {
    throw badRequest(`The input name is invalid: it is longer than ${longestId} bytes.`);
  }
  if (/\p{Surrogate}/u.test(id)) throw badRequest('The input name is invalid: it holds half a character.');
  return id;
}

/** The service's own short names: base64 of numbers. */
export function ridOf(...numbers: readonly number[]): string {
  const bytes = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, index) => bytes.writeBigUInt64BE(BigInt(number), index * 8));
  return bytes.toString('base64').replaceAll('/', '-');
}
