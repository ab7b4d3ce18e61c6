import { findOperation, type Operation } from '../data/operations';
import { Failure } from '../failure';
import type { Cloud } from '../work/cloud';
import type { Answer, Request } from './request';

/** Where a client looks how far an operation is. */
export function progressHeaders(
  { origin, query }: Request,
  { id, resourceId }: Operation,
): Record<string, string> {
  const base = `${origin}/subscriptions/${resourceId.split('/')[2] ?? ''}/providers/Microsoft.Compute/locations/local`;
  const version = `api-version=${query.get('api-version') ?? ''}`;
  return {
    'azure-asyncoperation': `${base}/operations/${id}?${version}`,
    location: `${base}/operationResults/${id}?${version}`,
  };
}

export function answerOperation({ store }: Cloud, id: string): Answer {
  const { status, startTime, endTime, error } = mustFindOperation(store, id);
  return {
    status: 200,
    body: { id, name: id, status, startTime, ...(endTime && { endTime }), ...(error && { error }) },
  };
}

/** Nothing is in the result; that it is there says that the work is done. */
export function answerResult({ store }: Cloud, id: string, request: Request): Answer {
  const operation = mustFindOperation(store, id);
  if (operation.status === 'InProgress') return { status: 202, headers: progressHeaders(request, operation) };
  if (operation.error) throw new Failure(409, operation.error.code, operation.error.message);
  return { status: 200 };
}

function mustFindOperation(store: Cloud['store'], id: string): Operation {
  const operation = store.read((database) => findOperation(database, id));
  if (operation === undefined)
    throw new Failure(404, 'NotFound', `The entity was not found: operation ${id}.`);
  return operation;
}
