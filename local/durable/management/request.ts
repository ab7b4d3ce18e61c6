import { type ManagementRequest, type Origin } from '../contract';
import { Refusal } from './respond';

/** A management request, taken apart. */
export interface Call {
  readonly method: string;
  readonly segments: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly origin: Origin;
  /** Names of query parameters are the same in any case. */
  readonly query: (name: string) => string | undefined;
}

export function readCall({ method, path, headers, body, origin }: ManagementRequest): Call {
  const url = parseUrl(path);
  const parameters = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: method.toUpperCase(),
    segments: url.pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map(decode),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    text: Buffer.from(body).toString('utf8'),
    origin,
    query: (name) => parameters.get(name.toLowerCase()),
  };
}

/** The body as JSON text; `undefined` if there is none. */
export function jsonBody({ text }: Call): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new Refusal(400, 'The request body is not valid JSON');
  }
}

export function booleanQuery(call: Call, name: string, otherwise: boolean): boolean {
  const value = call.query(name)?.toLowerCase();
  return value === undefined ? otherwise : value === 'true' || value === '1';
}

export function timeQuery(call: Call, name: string): number | undefined {
  const value = call.query(name);
  if (value === undefined || value === '') return undefined;
  const atMs = Date.parse(value);
  if (Number.isNaN(atMs)) throw new Refusal(400, `${name} is not a valid time: '${value}'`);
  return atMs;
}

function parseUrl(path: string): URL {
  try {
    return new URL(`http://host/${path.replace(/^\/+/, '')}`);
  } catch {
    throw new Refusal(400, 'The path is malformed');
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'The path is malformed');
  }
}
