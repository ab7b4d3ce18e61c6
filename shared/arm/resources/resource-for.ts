import type { Resource } from '../../contracts/catalogue/resource';
import { LifeboatError } from '../../errors';
import { isSameResource, parseResourceId } from '../../model/resource-id';
import { readResource, type StoredResource } from '../../service/catalogue/resources';
import type { Call } from '../operations/call';

/** The parent that the path's resource would be part of; undefined when that is the vault itself. */
export async function requireParent(call: Call): Promise<Resource | undefined> {
  const parentId = call.resourceId.split('/').slice(0, -2).join('/');
  if (isSameResource(parentId, call.vaultId)) return undefined;
  return requireLinked(call, parentId);
}

/** A resource that must be there for another to be made. */
export async function requireLinked(call: Call, id: string): Promise<Resource> {
  const found = parseResourceId(id) === undefined ? undefined : await readResource(call.services.records, id);
  if (found === undefined) {
    const named = id.split('/').slice(-2).join('/');
    throw new LifeboatError('ParentNotFound', `"${named}" could not be located: create it first.`, {
      target: id,
    });
  }
  return found.resource;
}

/** The record for what the path names: the spelling of its id stays as it was when it was created. */
export function resourceFor(
  call: Call,
  there: { readonly existing: StoredResource | undefined; readonly parent: Resource | undefined },
  properties: Record<string, unknown>,
): Resource {
  if (there.existing !== undefined) return { ...there.existing.resource, properties };
  const [type = '', name = ''] = call.resourceId.split('/').slice(-2);
  const types = parseResourceId(call.resourceId)?.types ?? [];
  return {
    id: `${there.parent?.id ?? call.vaultId}/${type}/${name}`,
    name,
    type: `Microsoft.RecoveryServices/vaults/${types.join('/')}`,
    properties,
  };
}
