import { badRequest, Failure } from '../failure';
import { findResource } from '../data/resources';
import { present } from '../data/resource';
import { machineType } from '../kinds/machine-properties';
import { networks } from '../kinds/networks';
import { parseAddress, type Address } from './address';
import {
  deleteNamed,
  mustFindNamed,
  mustServe,
  noGroup,
  patchNamed,
  putGroup,
  putNamed,
  type Call,
} from './change';
import { actOnMachine } from './machine-actions';
import { checkAddress, getGroupResources, getList, getNamed, getOfRegion, getSubscriptionList } from './read';
import type { Answer, Request } from './request';

/** `PUT Microsoft.Compute/disks`: what faults are asked for by. */
export function operationName({ method, path }: Request): string {
  const address = parseAddress(path);
  if (address?.kind === 'resource')
    return `${method} ${address.type}${address.action === undefined ? '' : `/${address.action}`}`;
  return `${method} ${address?.kind === 'group' ? 'Microsoft.Resources/resourceGroups' : (address?.kind ?? '')}`;
}

/** Which request is which. */
export async function route(call: Call): Promise<Answer> {
  const { request, cloud } = call;
  const address = parseAddress(request.path);
  if (address === undefined) throw new Failure(404, 'NotFound', `/${request.path.join('/')} is not served.`);
  if (request.query.get('api-version') === null) {
    throw badRequest(
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (address.kind === 'resource') return routeResource(call, address);
  if (address.kind === 'group') return routeGroup(call, address);
  if (request.method !== 'GET') throw notAllowed(request);
  switch (address.kind) {
    case 'subscription':
      return {
        status: 200,
        body: {
          id: address.id,
          subscriptionId: address.id.split('/')[2],
          displayName: 'local',
          state: 'Enabled',
        },
      };
    case 'subscriptionList':
      return getSubscriptionList(cloud, address, request);
    case 'region':
      return getOfRegion(cloud, address, request);
    case 'groupResources':
      return getGroupResources(cloud, address.within);
    case 'list':
      mustServe(address.type);
      return getList(cloud, address);
  }
}

async function routeResource(call: Call, address: Extract<Address, { kind: 'resource' }>): Promise<Answer> {
  const { request, cloud } = call;
  const type = mustServe(address.type).type;
  if (address.action !== undefined) return routeAction(call, { ...address, type }, address.action);
  switch (request.method) {
    case 'GET':
      return getNamed(cloud, address, request);
    case 'PUT':
      return putNamed(call, address);
    case 'PATCH':
      return patchNamed(call, address);
    case 'DELETE':
      return deleteNamed(call, address);
    default:
      throw notAllowed(request);
  }
}

async function routeAction(
  call: Call,
  address: Extract<Address, { kind: 'resource' }>,
  action: string,
): Promise<Answer> {
  const resource = mustFindNamed(call.cloud, address);
  if (address.type === machineType && action.toLowerCase() === 'extensions') {
    return getList(call.cloud, { kind: 'list', within: resource.id, type: `${machineType}/extensions` });
  }
  if (address.type === machineType) return actOnMachine(call, resource, action);
  if (address.type === networks.type && action.toLowerCase() === 'checkipaddressavailability') {
    return checkAddress(call.cloud, resource, call.request);
  }
  throw new Failure(501, 'NotImplemented', `${address.type}/${action}: not implemented by this server.`);
}

async function routeGroup(call: Call, address: Extract<Address, { kind: 'group' }>): Promise<Answer> {
  const { request, cloud } = call;
  if (request.method === 'PUT') return putGroup(call, address);
  const group = cloud.store.read((database) => findResource(database, address.id));
  if (request.method === 'HEAD') return { status: group === undefined ? 404 : 204 };
  if (group === undefined) throw noGroup(address.id);
  if (request.method === 'GET') return { status: 200, body: present(group) };
  if (request.method === 'PATCH') return patchNamed(call, address);
  if (request.method === 'DELETE') return deleteNamed(call, address);
  throw notAllowed(request);
}

function notAllowed({ method }: Request): Failure {
  return new Failure(405, 'MethodNotAllowed', `${method} is not allowed here.`);
}
