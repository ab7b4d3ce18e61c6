import { documentColumns, type DocumentRow, isLive, presentDocument } from '../data/document';
import type { Documents } from '../data/documents';
import { parsePartitionKey } from '../data/partition-key';
import { badRequest, notImplemented } from '../failure';
import { pageSizeOf } from './query-spec';
import { type Answer, type Request } from './request';
import { type ContainerCall, feed, readDocuments } from './service';

/** The latest version of every document that was written since, in the order of the writes. Deletions do not show. */
export function routeChangeFeed(call: ContainerCall): Answer {
  const mode = call.request.header('a-im');
  if (mode !== 'Incremental Feed' && mode !== 'Incremental feed') {
    throw notImplemented(`the change feed mode '${mode ?? ''}'`);
  }
  return readDocuments(call, (documents) => changesIn(documents, call.request));
}

function changesIn(documents: Documents, request: Request): Answer {
  const newest = newestWrite(documents);
  const since = startOf(request, newest);
  const rows = documents.database.all<DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE container = ? AND lsn > ? AND lsn <= ? AND writtenAt >= ? ${
      request.header('x-ms-documentdb-partitionkey') === undefined ? '' : 'AND partition = ?'
    } ORDER BY lsn LIMIT ?`,
    ...[documents.container.number, since, newest, startTime(request)],
    ...partitionOf(documents, request),
    pageSizeOf(request),
  );
  const last = rows.length < pageSizeOf(request) ? newest : (rows.at(-1)?.lsn ?? newest);
  const headers = { etag: `"${last}"` };
  const changed = rows.filter((row) => isLive(row, documents.nowInMs));
  if (changed.length === 0) return { status: 304, headers };
  const { container, salt } = documents;
  const items = changed.map(
    (row) => `${presentDocument(row, container, salt).slice(0, -1)},"_lsn":${row.lsn}}`,
  );
  const answer = feed('Documents', items, container);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function newestWrite({ database }: Documents): number {
  return database.get<{ newest: number | null }>('SELECT max(lsn) AS newest FROM documents')?.newest ?? 0;
}

function startOf(request: Request, newest: number): number {
  const token = request.header('if-none-match');
  if (token === undefined || token === '') return 0;
  if (token === '*') return newest;
  const lsn = Number(token.replaceAll('"', ''));
  if (!Number.isSafeInteger(lsn) || lsn < 0) throw badRequest('Invalid Continuation Token.');
  return lsn;
}

function startTime(request: Request): number {
  const time = Date.parse(request.header('if-modified-since') ?? '');
  return Number.isNaN(time) ? 0 : time;
}

function partitionOf({ container }: Documents, request: Request): readonly string[] {
  const header = request.header('x-ms-documentdb-partitionkey');
  return header === undefined ? [] : [parsePartitionKey(header, container.definition).text];
}
