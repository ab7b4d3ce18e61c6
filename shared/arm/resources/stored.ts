import type { Resource } from '../../contracts/catalogue/resource';
import { readResource, requireResource, type StoredResource } from '../../service/catalogue/resources';
import type { Call } from '../operations/call';

/** What the path names, if it is there. */
export function existing(call: Call): Promise<StoredResource | undefined> {
  return readResource(call.services.records, call.resourceId);
}

/** What the path names, or a refusal. */
export async function required(call: Call): Promise<Resource> {
  return (await requireResource(call.services.records, call.resourceId)).resource;
}
