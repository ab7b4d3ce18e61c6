import { createHmac, timingSafeEqual } from 'node:crypto';
import { Failure } from '../failure';
import type { Request } from './request';

/** Checks the signature of the account key over method, resource and date, as the service does. */
export function authorize(request: Request, key: string): void {
  const token = new URLSearchParams(decoded(request.header('authorization') ?? '').replaceAll('+', '%2B'));
  const date = request.header('x-ms-date') ?? request.header('date') ?? '';
  if (token.get('type') !== 'master' || token.get('ver') !== '1.0' || date === '') {
    throw unauthorized(
      "Required Header authorization is missing or is not of the form 'type=master&ver=1.0&sig='.",
    );
  }
  const expected = signatureOf(request, date, key);
  const given = Buffer.from(token.get('sig') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw unauthorized(
      'The input authorization token cannot serve the request: the signature is not that of this account key.',
    );
  }
}

function signatureOf({ method, path }: Request, date: string, key: string): Buffer {
  const isItem = path.length % 2 === 0;
  const type = path.at(isItem ? -2 : -1) ?? '';
  const link = (isItem ? path : path.slice(0, -1)).join('/');
  const signed = [method.toLowerCase(), type.toLowerCase(), link, date.toLowerCase(), '', ''].join('\n');
  return createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest();
}

function decoded(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    return '';
  }
}

function unauthorized(message: string): Failure {
  return new Failure(401, 'Unauthorized', message);
}
