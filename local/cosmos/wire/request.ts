import type { IncomingMessage } from 'node:http';
import { badRequest, tooLarge } from '../failure';
import type { Json } from '../json';

/** Segments of the path, each decoded: `['dbs', 'a', 'colls', 'b']`. */
export interface Request {
  readonly method: string;
  readonly path: readonly string[];
  readonly body: string;
  header(name: string): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

const largestBody = 4 * 1024 * 1024;

export async function readRequest(message: IncomingMessage): Promise<Request> {
  return {
    method: message.method ?? 'GET',
    path: segmentsOf(message.url ?? '/'),
    body: await readBody(message),
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    },
  };
}

export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
}

function segmentsOf(url: string): readonly string[] {
  try {
    return url
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest('The address is not percent-encoded as it should be.');
  }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes <= largestBody) chunks.push(chunk);
  }
  if (sizeBytes > largestBody) throw tooLarge('Request size is too large.');
  return Buffer.concat(chunks).toString('utf8');
}
