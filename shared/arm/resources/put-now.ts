import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal, LifeboatError } from '../../errors';
import { createResource, putResource, replaceResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { presentResource } from './presenters';
import { checkConditions } from './read';
import { resourceFor } from './resource-for';
import { existing } from './stored';

/** Writes a small resource at once. With conditions, of many writers at the same time exactly one succeeds. */
export async function putNow(
  call: Call,
  properties: (before: Readonly<Record<string, unknown>> | undefined) => Record<string, unknown>,
): Promise<ApiAnswer> {
  const stored = await existing(call);
  checkConditions(call, stored?.etag);
  const resource = resourceFor(
    call,
    { existing: stored, parent: undefined },
    properties(stored?.resource.properties),
  );
  const written = await writeUnder(call, resource, stored?.etag);
  return ok(presentResource(written.resource), { ETag: written.etag });
}

async function writeUnder(
  call: Call,
  resource: Resource,
  etag: string | undefined,
): Promise<{ resource: Resource; etag: string }> {
  const { records } = call.services;
  const conditional = call.headers.get('if-match') ?? call.headers.get('if-none-match') ?? '';
  if (conditional === '') return putResource(records, resource);
  try {
    return etag === undefined
      ? await createResource(records, resource)
      : await replaceResource(records, resource, etag);
  } catch (error) {
    if (!isRefusal(error, 'Conflict', 'NotFound')) throw error;
    throw new LifeboatError('PreconditionFailed', 'Somebody else was faster.', {
      target: resource.id,
      cause: error,
    });
  }
}
