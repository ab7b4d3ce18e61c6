import { present } from '../../assert';
import { Resource } from '../../contracts/catalogue/resource';
import { isRefusal, LifeboatError } from '../../errors';
import { childrenRange, parseResourceId, resourceKey, type ResourceKey } from '../../model/resource-id';
import type { RecordQuery, Records, StoredRecord } from '../../ports/records';

export interface StoredResource {
  readonly resource: Resource;
  readonly etag: string;
}

export interface ResourcePage {
  readonly resources: readonly StoredResource[];
  readonly continuation?: string;
}

/** The resource of this id, or undefined. */
export async function readResource(records: Records, id: string): Promise<StoredResource | undefined> {
  const key = resourceKey(id);
  const stored = key === undefined ? undefined : await records.get(key);
  return stored === undefined ? undefined : storedResource(stored);
}

/** The resource of this id, or a refusal that names it. */
export async function requireResource(records: Records, id: string): Promise<StoredResource> {
  const found = await readResource(records, id);
  if (found !== undefined) return found;
  const name = parseResourceId(id)?.names.at(-1) ?? id;
  throw new LifeboatError('NotFound', `"${name}" could not be found.`, { target: id });
}

/** Creates or overwrites. Safe to repeat. */
export async function putResource(records: Records, resource: Resource): Promise<StoredResource> {
  return storedResource(await records.put(keyOf(resource.id), resource));
}

/** Refuses with `Conflict` if it is there. */
export async function createResource(records: Records, resource: Resource): Promise<StoredResource> {
  return storedResource(await records.create(keyOf(resource.id), resource));
}

/**
 * Changes what is there now, whoever else changes it meanwhile. `change` may be called again, with what is there then;
 * returning undefined leaves the resource as it is. Refuses with `NotFound` when it is gone.
 */
export async function changeResource(
  records: Records,
  id: string,
  change: (current: Resource) => Resource | undefined,
): Promise<StoredResource> {
  for (;;) {
    const current = await requireResource(records, id);
    const changed = change(current.resource);
    if (changed === undefined) return current;
    try {
      return storedResource(await records.replace(keyOf(id), changed, current.etag));
    } catch (error) {
      if (!isRefusal(error, 'PreconditionFailed')) throw error;
    }
  }
}

/** Replaces exactly what was read; refuses with `PreconditionFailed` if it changed. */
export async function replaceResource(
  records: Records,
  resource: Resource,
  etag: string,
): Promise<StoredResource> {
  return storedResource(await records.replace(keyOf(resource.id), resource, etag));
}

/** Safe to repeat. With an etag, refuses with `PreconditionFailed` what changed since. */
export async function removeResource(records: Records, id: string, etag?: string): Promise<void> {
  await records.remove(keyOf(id), etag);
}

/** A page of the children of one type below a parent: a vault, or anything in it. */
export async function listResources(
  records: Records,
  parentId: string,
  type: string,
  query: Omit<RecordQuery, 'idPrefix'> = {},
): Promise<ResourcePage> {
  const range = present(childrenRange(parentId, type), 'a parent id');
  const page = await records.list(range.partition, {
    ...query,
    ...(range.idPrefix === '' ? {} : { idPrefix: range.idPrefix }),
  });
  return {
    resources: page.records.map(storedResource),
    ...(page.continuation === undefined ? {} : { continuation: page.continuation }),
  };
}

/** All children of one type below a parent, page by page. */
export async function* everyResource(
  records: Records,
  parentId: string,
  type: string,
): AsyncGenerator<StoredResource> {
  for (let continuation: string | undefined; ;) {
    const page: ResourcePage = await listResources(records, parentId, type, {
      limit: 500,
      ...(continuation === undefined ? {} : { continuation }),
    });
    yield* page.resources;
    continuation = page.continuation;
    if (continuation === undefined) return;
  }
}

function keyOf(id: string): ResourceKey {
  return present(resourceKey(id), `the key of ${id}`);
}

function storedResource(record: StoredRecord): StoredResource {
  return { resource: Resource.parse(record.body), etag: record.etag };
}
