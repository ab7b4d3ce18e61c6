import type { IncomingMessage } from 'node:http';
import { badRequest, Failure } from '../failure';

export interface Request {
  readonly method: string;
  /** Decoded, without slashes at its ends. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
  /** `https://127.0.0.1:7444`: what links begin with. */
  readonly origin: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const bodyLimitBytes = 4 * 1024 * 1024;

export async function readRequest(message: IncomingMessage, origin: string): Promise<Request> {
  // Official clients begin some paths with two slashes, which must not be taken for a host.
  const url = new URL(`/${(message.url ?? '').replace(/^\/+/, '')}`, origin);
  const parts: Buffer[] = [];
  let lengthBytes = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    lengthBytes += part.length;
    if (lengthBytes > bodyLimitBytes)
      throw new Failure(413, 'RequestContentTooLarge', 'The request content is too large.');
    parts.push(part);
  }
  return {
    method: message.method ?? 'GET',
    path: url.pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map(decode),
    query: url.searchParams,
    body: parse(Buffer.concat(parts).toString('utf8')),
    headers: message.headers,
    origin,
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('InvalidRequestUri', 'The request uri is malformed.');
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    );
  }
}
