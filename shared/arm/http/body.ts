import { LifeboatError } from '../../errors';
import { parseJson } from '../../contracts/request-body';
import type { ApiRequest } from './exchange';

const largestBodyBytes = 1024 * 1024;
const deepest = 32;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** The request's JSON, bounded in size and depth; undefined where nothing was sent. */
export async function readBody(request: ApiRequest): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > largestBodyBytes) throw tooLarge();
  const text = await request.text();
  if (Buffer.byteLength(text) > largestBodyBytes) throw tooLarge();
  const body = parseJson(text);
  refuseHostileShape(body);
  return body;
}

function tooLarge(): LifeboatError {
  return new LifeboatError('RequestTooLarge', `A request body has at most ${largestBodyBytes} bytes.`);
}

function refuseHostileShape(body: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= deepest) {
      throw new LifeboatError('InvalidRequestContent', `A request body is at most ${deepest} levels deep.`);
    }
    for (const [key, inner] of Object.entries(value)) {
      if (forbiddenKeys.has(key)) {
        throw new LifeboatError('InvalidRequestContent', `A request body has no property "${key}".`);
      }
      open.push({ value: inner, depth: depth + 1 });
    }
  }
}
