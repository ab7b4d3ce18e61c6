import { isLive, parseBody, presentDocument, type DocumentRow } from '../data/document';
import type { Documents } from '../data/documents';
import { parsePartitionKey } from '../data/partition-key';
import { type Scan, scanned } from '../data/scan';
import type { Json, Value } from '../json';
import { compileQuery, type CompiledQuery, paged } from '../sql/compile-query';
import { givenOf } from '../sql/given';
import { idOrderOf, idRangeOf } from '../sql/id-range';
import { parseQuery } from '../sql/parse/parse-query';
import type { Query } from '../sql/syntax';
import { type Continuation, readContinuation, writeContinuation } from './continuation';
import { pageSizeOf, parseQuerySpec, type QuerySpec } from './query-spec';
import { type Answer, type Request } from './request';
import { type ContainerCall, feed, readDocuments } from './service';

const largestPageBytes = 4 * 1024 * 1024;

/** One page of a query over a partition, over the partitions that begin so, or over the whole container. */
export function routeQuery(call: ContainerCall): Answer {
  return answerQuery(call, parseQuerySpec(call.request.body));
}

/** All documents, as a feed without a query gives them. */
export function routeReadFeed(call: ContainerCall): Answer {
  return answerQuery(call, { query: 'SELECT * FROM c', parameters: [] });
}

function answerQuery(call: ContainerCall, spec: QuerySpec): Answer {
  return readDocuments(call, (documents) => runQuery(documents, call.request, spec));
}

interface Page {
  readonly items: string[];
  continuation?: Continuation;
}

function runQuery(documents: Documents, request: Request, spec: QuerySpec): Answer {
  const query = parseQuery(spec.query);
  const given = givenOf(spec.parameters, documents.nowInMs);
  const compiled = compileQuery(query, given);
  const limits = {
    pageSize: pageSizeOf(request),
    from: readContinuation(request.header('x-ms-continuation')),
  };
  const scan = scanOf(documents, request, { query, spec });
  const page = canStream(query, scan)
    ? streamedPage(documents, { compiled, scan, ...limits })
    : wholePage(documents, { compiled, scan, ...limits });
  const answer = feed('Documents', page.items, documents.container);
  if (page.continuation === undefined) return answer;
  return {
    ...answer,
    headers: { ...answer.headers, 'x-ms-continuation': writeContinuation(page.continuation) },
  };
}

function scanOf(
  documents: Documents,
  request: Request,
  { query, spec }: { readonly query: Query; readonly spec: QuerySpec },
): Scan {
  const header = request.header('x-ms-documentdb-partitionkey');
  const { container } = documents;
  const { from, to } = idRangeOf(query, new Map(spec.parameters.map(({ name, value }) => [name, value])));
  return {
    container: container.number,
    ...(header !== undefined && { partition: parsePartitionKey(header, container.definition) }),
    ...(from !== undefined && { fromId: from }),
    ...(to !== undefined && { toId: to }),
    isDescending: idOrderOf(query) === 'descending',
  };
}

/** Whether results are made document by document, in the order of the index: then a page reads no more than it gives. */
function canStream({ sources, groupBy, orderBy, isDistinct, select }: Query, scan: Scan): boolean {
  const [source] = sources;
  if (source === undefined || sources.length > 1 || source.isIterated || source.of.kind !== 'name')
    return false;
  if (groupBy.length > 0 || isDistinct) return false;
  if (select.kind !== 'all' && mayAggregate(select)) return false;
  if (orderBy.length === 0) return true;
  return scan.partition?.isWhole === true && idOrderOf({ sources, orderBy }) !== undefined;
}

/** A look at the text is enough: a false alarm only costs the streaming. */
function mayAggregate(select: Query['select']): boolean {
  return /"name":"(count|sum|min|max|avg)"/i.test(JSON.stringify(select));
}

interface Paging {
  readonly compiled: CompiledQuery;
  readonly scan: Scan;
  readonly pageSize: number;
  readonly from: Continuation | undefined;
}

function streamedPage(documents: Documents, { compiled, scan, pageSize, from }: Paging): Page {
  const page: Page = { items: [] };
  const last = compiled.skip + compiled.take;
  let passed = from?.passed ?? 0;
  let sizeBytes = 0;
  if (passed >= last) return page;
  const rows = scanned(documents.database, {
    ...scan,
    ...(from?.after !== undefined && { after: from.after }),
  });
  for (const row of live(documents, rows)) {
    for (const result of compiled.results([documentOf(documents, row)])) {
      if (++passed <= compiled.skip) continue;
      const text = JSON.stringify(result);
      page.items.push(text);
      sizeBytes += text.length;
    }
    if (passed >= last) return page;
    if (page.items.length >= pageSize || sizeBytes > largestPageBytes) {
      page.continuation = { passed, after: { partition: row.partition, id: row.id } };
      return page;
    }
  }
  return page;
}

function wholePage(documents: Documents, { compiled, scan, pageSize, from }: Paging): Page {
  const page: Page = { items: [] };
  const start = from?.passed ?? 0;
  let passed = 0;
  let sizeBytes = 0;
  const results = compiled.results(parsedDocuments(documents, scan));
  for (const result of paged(results, compiled)) {
    if (++passed <= start) continue;
    if (page.items.length >= pageSize || sizeBytes > largestPageBytes) {
      page.continuation = { passed: passed - 1 };
      return page;
    }
    const text = JSON.stringify(result);
    page.items.push(text);
    sizeBytes += text.length;
  }
  return page;
}

function* parsedDocuments(documents: Documents, scan: Scan): Generator<Value> {
  for (const row of live(documents, scanned(documents.database, scan))) yield documentOf(documents, row);
}

function* live({ nowInMs }: Documents, rows: Iterable<DocumentRow>): Generator<DocumentRow> {
  for (const row of rows) if (isLive(row, nowInMs)) yield row;
}

function documentOf({ container, salt }: Documents, row: DocumentRow): Json {
  return parseBody(presentDocument(row, container, salt));
}
