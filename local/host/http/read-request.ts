import { type IncomingMessage } from 'node:http';
import { BodyTooLarge, type Exchange } from './exchange';

/** Kestrel's limit for the request line. */
const longestUrl = 8192;

/** What Azure's front end sets; from outside it would be a forged identity. */
const strippedHeaders = /^x-ms-client-principal(-id|-name|-idp)?$/;

export interface ReadOptions {
  readonly scheme: 'http' | 'https';
  readonly fallbackHost: string;
  readonly maxBodyBytes: number;
}

/** The request as an exchange, or the status that refuses it. */
export function readRequest(
  request: IncomingMessage,
  options: ReadOptions,
): Exchange | { readonly refused: number } {
  const target = request.url ?? '/';
  if (target.length > longestUrl) return { refused: 414 };
  const host = request.headers.host ?? options.fallbackHost;
  if (!/^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i.test(host)) return { refused: 400 };
  const origin = `${options.scheme}://${host}`;
  const url = parseUrl(target.startsWith('/') ? `${origin}${target}` : target);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return { refused: 400 };
  return {
    method: request.method ?? 'GET',
    origin,
    url: `${origin}${url.pathname}${url.search}`,
    segments: url.pathname.slice(1).split('/').map(decodeSegment),
    query: url.searchParams,
    headers: plainHeaders(request),
    body: () => readBody(request, options.maxBodyBytes),
  };
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function decodeSegment(segment: string): string {
  try {
    return segment.split(/%2f/i).map(decodeURIComponent).join('%2F');
  } catch {
    return segment;
  }
}

function plainHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || strippedHeaders.test(name)) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

async function readBody(request: IncomingMessage, maxBodyBytes: number): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) return Buffer.alloc(0);
  if (Number(length ?? 0) > maxBodyBytes) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}
