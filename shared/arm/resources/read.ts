import type { Resource } from '../../contracts/catalogue/resource';
import { LifeboatError } from '../../errors';
import { requireResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { presentResource } from './presenters';

/** Adds to a resource what is not kept in it, before it is shown. */
export type Complete = (call: Call, resource: Resource) => Promise<Resource>;

/** Answers the resource that the path names. */
export async function readOne(call: Call, complete?: Complete): Promise<ApiAnswer> {
  const { resource, etag } = await requireResource(call.services.records, call.resourceId);
  return ok(presentResource((await complete?.(call, resource)) ?? resource), { ETag: etag });
}

/** The etag that a conditional request names; undefined for an unconditional one. */
export function ifMatch(call: Call): string | undefined {
  const header = call.headers.get('if-match');
  return header === null || header === '' || header === '*' ? undefined : header;
}

/** Refuses what the request's own conditions rule out. */
export function checkConditions(call: Call, etag: string | undefined): void {
  if (call.headers.get('if-none-match') === '*' && etag !== undefined) {
    throw new LifeboatError('PreconditionFailed', 'The resource is there already.', {
      target: call.resourceId,
    });
  }
  const wanted = call.headers.get('if-match');
  if (wanted === null || wanted === '') return;
  if (etag === undefined || (wanted !== '*' && wanted !== etag)) {
    throw new LifeboatError('PreconditionFailed', 'The resource is not what it was when its etag was read.', {
      target: call.resourceId,
    });
  }
}
