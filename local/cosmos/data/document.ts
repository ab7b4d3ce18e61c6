import { isObject, type Json, type JsonObject } from '../json';
import { badRequest } from '../failure';
import type { Container } from './containers';
import { ridOf } from './names';

/** A document as it is kept: its own properties as text, what the server adds beside it. */
export interface DocumentRow {
  readonly lsn: number;
  readonly container: number;
  readonly partition: string;
  readonly id: string;
  /** The lsn of its first write: it never changes, so the rid is made of it. */
  readonly born: number | null;
  readonly writtenAt: number;
  readonly expiresAt: number | null;
  readonly body: string;
}

export const documentColumns = 'lsn, container, partition, id, born, writtenAt, expiresAt, body';

const longestTtl = 2_147_483_647;

const systemNames = ['_rid', '_self', '_etag', '_ts', '_attachments', '_lsn'];

/** Differs for every write of a catalogue, and between catalogues: the salt was drawn when the file was made. */
export function etagOf({ lsn }: Pick<DocumentRow, 'lsn'>, salt: string): string {
  return `"${salt}-${lsn.toString(16).padStart(12, '0')}"`;
}

/** The document with what the server adds, without parsing it. */
export function presentDocument(row: DocumentRow, container: Container, salt: string): string {
  const rid = ridOf(container.number, row.born ?? row.lsn);
  const added = JSON.stringify({
    _rid: rid,
    _self: `dbs/${container.databaseRid}/colls/${container.rid}/docs/${rid}/`,
    _etag: etagOf(row, salt),
    _attachments: 'attachments/',
    _ts: Math.floor(row.writtenAt / 1000),
  });
  return `${row.body.slice(0, -1)},${added.slice(1)}`;
}

/** What of a document is the user's. */
export function bodyOf(document: JsonObject): string {
  const entries = Object.entries(document).filter(([name]) => !systemNames.includes(name));
  return JSON.stringify(Object.fromEntries(entries));
}

/** When a document ends: by its own `ttl`, else by the container's; never, unless the container lets documents end. */
export function expiryOf(document: Json, defaultTtl: number | undefined, writtenAt: number): number | null {
  const ttl = isObject(document) ? document['ttl'] : undefined;
  if (ttl !== undefined && ttl !== -1 && !(Number.isInteger(ttl) && Number(ttl) > 0)) {
    throw badRequest("The input ttl is invalid: it must be a positive whole number of seconds, or '-1'.");
  }
  if (defaultTtl === undefined) return null;
  const seconds = typeof ttl === 'number' ? ttl : defaultTtl;
  return seconds > 0 ? writtenAt + Math.min(seconds, longestTtl) * 1000 : null;
}

export function isLive({ expiresAt }: Pick<DocumentRow, 'expiresAt'>, nowInMs: number): boolean {
  return expiresAt === null || expiresAt > nowInMs;
}

export function parseBody(text: string): Json {
  return JSON.parse(text) as Json;
}
