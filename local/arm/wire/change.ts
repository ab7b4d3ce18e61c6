import { putOperation, type Operation } from '../data/operations';
import { groupOf, present, ResourceBody, type Resource } from '../data/resource';
import { dropResource, findResource, mustFind, putResource } from '../data/resources';
import { badRequest, Failure } from '../failure';
import { kindOf } from '../kinds';
import type { Kind } from '../kinds/kind';
import type { Cloud } from '../work/cloud';
import type { Fault } from '../work/faults';
import { provisioned, type Worker } from '../work/worker';
import type { Address } from './address';
import { progressHeaders } from './long-running';
import type { Answer, Request } from './request';

export interface Call {
  readonly cloud: Cloud;
  readonly worker: Worker;
  readonly request: Request;
  /** A fault for work that goes on after the answer. */
  readonly fault: Fault | undefined;
}

type Named = Extract<Address, { kind: 'resource' | 'group' }>;

/** Creates or changes a resource. What takes time is begun, and said to be `Creating`. */
export async function putNamed(call: Call, address: Extract<Address, { kind: 'resource' }>): Promise<Answer> {
  const kind = mustServe(address.type);
  const body = parseBody(call.request.body);
  const { cloud } = call;
  const operation = newOperation(call, 'create', address.id);
  const { resource, isNew } = await cloud.store.write((database) => {
    if (findResource(database, groupOf(address.id)) === undefined) throw noGroup(address.id);
    const existing = findResource(database, address.id);
    const { id, name } = existing ?? address;
    const nowInMs = cloud.clock.now();
    const made = kind.put({ database, id, name, body, existing, nowInMs, uuid: cloud.uuid });
    const state = existing === undefined ? 'Creating' : 'Updating';
    const kept = kind.isLong ? provisioned(made, state) : made;
    putResource(database, kept);
    if (kind.isLong) putOperation(database, operation);
    return { resource: kept, isNew: existing === undefined };
  });
  const status = isNew ? (kind.createdStatus ?? 201) : 200;
  if (!kind.isLong) return { status, body: present(resource) };
  call.worker.begin(operation, call.fault);
  return { status, headers: progressHeaders(call.request, operation), body: present(resource) };
}

/** Only tags can be changed so. */
export async function patchNamed({ cloud, request }: Call, { id }: Named): Promise<Answer> {
  const { tags } = parseBody(request.body);
  const resource = await cloud.store.write((database) => {
    const now = mustFind(database, id);
    const changed = { ...now, ...(tags && { tags }) };
    putResource(database, changed);
    return changed;
  });
  return { status: 200, body: present(resource) };
}

export async function deleteNamed(call: Call, { id }: Named): Promise<Answer> {
  const { cloud } = call;
  const operation = newOperation(call, 'delete', id);
  const isBegun = await cloud.store.write((database) => {
    const now = findResource(database, id);
    if (now === undefined) return undefined;
    const kind = kindOf(now.type);
    kind?.checkRemoval?.(database, now);
    if (kind?.isLong !== false) {
      putResource(database, provisioned(now, 'Deleting'));
      putOperation(database, operation);
      return true;
    }
    kind.removed?.(database, now);
    dropResource(database, id);
    return false;
  });
  if (isBegun === undefined) return { status: 204 };
  if (!isBegun) return { status: 200 };
  call.worker.begin(operation, call.fault);
  return { status: 202, headers: progressHeaders(call.request, operation) };
}

export async function putGroup(
  { cloud, request }: Call,
  { id, name }: Extract<Address, { kind: 'group' }>,
): Promise<Answer> {
  const { location, tags } = parseBody(request.body);
  const isNew = await cloud.store.write((database) => {
    const existing = findResource(database, id);
    if (location === undefined && existing === undefined)
      throw badRequest('LocationRequired', 'The location property is required.');
    putResource(database, {
      ...{ id: existing?.id ?? id, name, type: 'Microsoft.Resources/resourceGroups' },
      location: location ?? existing?.location ?? '',
      ...(tags && { tags }),
      properties: { provisioningState: 'Succeeded' },
    });
    return existing === undefined;
  });
  const group = cloud.store.read((database) => mustFind(database, id));
  return { status: isNew ? 201 : 200, body: present(group) };
}

export function newOperation({ cloud }: Call, verb: string, resourceId: string): Operation {
  const startTime = new Date(cloud.clock.now()).toISOString();
  return { id: cloud.uuid(), verb, resourceId, status: 'InProgress', startTime };
}

export function mustServe(type: string): Kind {
  const kind = kindOf(type);
  if (kind === undefined)
    throw new Failure(501, 'NotImplemented', `${type}: not implemented by this server.`);
  return kind;
}

export function mustFindNamed(cloud: Cloud, { id }: Named): Resource {
  return cloud.store.read((database) => mustFind(database, id));
}

export function noGroup(id: string): Failure {
  return new Failure(
    404,
    'ResourceGroupNotFound',
    `Resource group '${id.split('/')[4] ?? ''}' could not be found.`,
  );
}

function parseBody(body: unknown): ResourceBody {
  const parsed = ResourceBody.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest(
    'InvalidRequestContent',
    `The request content was invalid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}
