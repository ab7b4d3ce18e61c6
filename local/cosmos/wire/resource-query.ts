import { badRequest } from '../failure';
import type { JsonObject } from '../json';
import { compileQuery, paged } from '../sql/compile-query';
import { givenOf } from '../sql/given';
import { parseQuery } from '../sql/parse/parse-query';
import { parseQuerySpec } from './query-spec';
import { type Answer, type Request } from './request';
import { feed, type Service } from './service';

/** A list of databases or containers, whole, or what a query makes of it: there are never many. */
export function answerList(
  { clock }: Service,
  request: Request,
  list: { readonly name: string; readonly resources: readonly JsonObject[] },
): Answer {
  if (request.method === 'GET') {
    return feed(
      list.name,
      list.resources.map((resource) => JSON.stringify(resource)),
    );
  }
  const { query, parameters } = parseQuerySpec(request.body);
  const compiled = compileQuery(parseQuery(query), givenOf(parameters, clock.now()));
  const results = [...paged(compiled.results(list.resources), compiled)];
  if (results.length > 1000) throw badRequest('The query has more than 1000 results.');
  return feed(
    list.name,
    results.map((result) => JSON.stringify(result)),
  );
}

export function isQuery(request: Request): boolean {
  return (
    request.header('x-ms-documentdb-isquery')?.toLowerCase() === 'true' ||
    request.header('content-type')?.startsWith('application/query+json') === true
  );
}
