import type { Kind, PutCall } from './kind';
import type { Resource } from '../data/resource';
import { badRequest } from '../failure';

/** A resource as it was sent, made at once, with these properties. */
export function carried(
  call: PutCall,
  type: string,
  properties: Readonly<Record<string, unknown>>,
): Resource {
  const { id, name, body, existing } = call;
  const location = body.location ?? existing?.location;
  if (location === undefined)
    throw badRequest('LocationRequired', `The location property is required for ${id}.`);
  const { tags, zones, properties: _, ...rest } = body;
  return {
    ...rest,
    ...{ id, name, type, location },
    ...(tags && { tags }),
    ...(zones && { zones }),
    properties: { ...properties, provisioningState: 'Succeeded' },
    ...(existing?.inner && { inner: existing.inner }),
  };
}

/** A type of which nothing is looked at. */
export function plainKind(type: string, createdStatus: 200 | 201 = 201): Kind {
  return {
    type,
    isLong: false,
    createdStatus,
    put: (call) => carried(call, type, call.body.properties ?? {}),
  };
}
