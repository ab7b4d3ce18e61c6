import { z } from 'zod';
import { badRequest } from '../failure';
import { type Json } from '../json';
import { type Parameter } from '../sql/given';
import { parseJson, type Request } from './request';

const QuerySpec = z.object({
  query: z.string(),
  parameters: z.array(z.object({ name: z.string(), value: z.json().optional() })).default([]),
});

export interface QuerySpec {
  readonly query: string;
  readonly parameters: readonly Parameter[];
}

export function parseQuerySpec(body: string): QuerySpec {
  const json: Json = parseJson(body);
  const parsed = QuerySpec.safeParse(json);
  if (!parsed.success) throw badRequest(`The query is invalid: ${z.prettifyError(parsed.error)}`);
  const { query, parameters } = parsed.data;
  return {
    query,
    parameters: parameters.map(({ name, value }) => ({ name, ...(value !== undefined && { value }) })),
  };
}

const defaultPage = 100;
const largestPage = 1000;

/** How many results a page may have: -1 and what is not said leave it to the server. */
export function pageSizeOf(request: Request): number {
  const header = request.header('x-ms-max-item-count');
  const count = Number(header ?? defaultPage);
  if (count === -1) return largestPage;
  if (!Number.isSafeInteger(count) || count < 1) throw badRequest('x-ms-max-item-count is not a count.');
  return Math.min(count, largestPage);
}
