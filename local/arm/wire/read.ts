import type { Database } from '../../store';
import { freeAddresses, holderOf, isUsable } from '../data/addresses';
import { present, type Resource } from '../data/resource';
import { findResource, listByTag, listResources } from '../data/resources';
import { badRequest, Failure } from '../failure';
import { type diskInner } from '../kinds/disks';
import { machineType } from '../kinds/machine-properties';
import { subnetsOf } from '../kinds/networks';
import { limitOf, quotaNames, sizes, usedCores } from '../kinds/quotas';
import type { Cloud } from '../work/cloud';
import type { Address } from './address';
import { mustFindNamed, noGroup } from './change';
import { answerOperation, answerResult } from './long-running';
import { instanceView } from './machine-actions';
import type { Answer, Request } from './request';

export async function getNamed(
  cloud: Cloud,
  address: Extract<Address, { kind: 'resource' }>,
  request: Request,
): Promise<Answer> {
  if (
    cloud.store.read((database) => findResource(database, address.id.split('/').slice(0, 5).join('/'))) ===
    undefined
  ) {
    throw noGroup(address.id);
  }
  const resource = mustFindNamed(cloud, address);
  if (resource.type === machineType && request.query.get('$expand')?.toLowerCase() === 'instanceview') {
    const properties = { ...resource.properties, instanceView: await instanceView(cloud, resource) };
    return { status: 200, body: { ...present(resource), properties } };
  }
  return { status: 200, body: await shown(cloud, resource) };
}

export async function getList(
  cloud: Cloud,
  { within, type }: Extract<Address, { kind: 'list' }>,
): Promise<Answer> {
  const found = cloud.store.read((database) => listResources(database, within, type));
  return { status: 200, body: { value: await Promise.all(found.map((resource) => shown(cloud, resource))) } };
}

export function getSubscriptionList(
  { store }: Cloud,
  { subscription, what }: { subscription: string; what: string },
  { query }: Request,
): Answer {
  const id = `/subscriptions/${subscription}`;
  switch (what) {
    case 'locations':
      return ok(
        ['northeurope', 'westeurope', 'eastus', 'westus'].map((name) => ({
          id: `${id}/locations/${name}`,
          name,
          displayName: name,
        })),
      );
    case 'resourcegroups':
      return ok(store.read((database) => groups(database, id, query.get('$filter'))));
    case 'resources':
      return ok(store.read((database) => filtered(database, id, query.get('$filter'))));
    default:
      throw new Failure(404, 'NotFound', `${what} is not served.`);
  }
}

export function getGroupResources({ store }: Cloud, within: string): Answer {
  return ok(store.read((database) => listResources(database, within)).map(present));
}

export function getOfRegion(
  cloud: Cloud,
  address: Extract<Address, { kind: 'region' }>,
  request: Request,
): Answer {
  const { location, what, name = '', subscription } = address;
  switch (what) {
    case 'operations':
      return answerOperation(cloud, name);
    case 'operationresults':
      return answerResult(cloud, name, request);
    case 'vmsizes':
      return ok(
        sizes.map((size) => ({
          ...{ name: size.name, numberOfCores: size.cores, memoryInMB: size.memoryInMb },
          ...{ maxDataDiskCount: size.maxDataDisks, osDiskSizeInMB: 1_047_552, resourceDiskSizeInMB: 0 },
        })),
      );
    case 'usages':
      return ok(
        cloud.store.read((database) => {
          const used = usedCores(database, `/subscriptions/${subscription}`, location);
          const usage = { cores: used.cores, virtualMachines: used.machines };
          return (['cores', 'virtualMachines'] as const).map((value) => ({
            ...{ unit: 'Count', currentValue: usage[value], limit: limitOf(database, location, value) },
            name: { value, localizedValue: quotaNames[value] },
          }));
        }),
      );
    default:
      throw new Failure(404, 'NotFound', `${what} is not served.`);
  }
}

/** Says whether an address of a network is free, and if not, which are. */
export function checkAddress({ store }: Cloud, network: Resource, { query }: Request): Answer {
  const address = query.get('ipAddress') ?? '';
  const subnets = subnetsOf(network);
  const subnet = subnets.find(({ range }) => isUsable(range, address));
  if (subnet === undefined && subnets.length === 0)
    throw badRequest('InvalidRequest', `${network.id} has no subnet.`);
  return store.read((database) => {
    const available = subnet !== undefined && holderOf(database, subnet.id, address) === undefined;
    const of = subnet ?? subnets[0];
    const availableIPAddresses = available || of === undefined ? undefined : freeAddresses(database, of, 5);
    return { status: 200, body: { available, availableIPAddresses } };
  });
}

function ok(value: readonly unknown[]): Answer {
  return { status: 200, body: { value } };
}

function groups(database: Database, id: string, filter: string | null): unknown[] {
  const tag = filter === null ? undefined : tagOf(filter);
  const found = tag ? listByTag(database, tag.name, tag.value) : listResources(database, id);
  return found.filter(({ type }) => type.endsWith('resourceGroups')).map(present);
}

function tagOf(filter: string): { readonly name: string; readonly value: string } {
  const [, name, value] = /^tagName eq '([^']*)' and tagValue eq '((?:[^']|'')*)'$/i.exec(filter) ?? [];
  if (name === undefined || value === undefined) {
    throw badRequest('InvalidFilterInQueryString', `The filter ${filter} is not served.`);
  }
  return { name, value: value.replaceAll("''", "'") };
}

/** As in Azure: found by a tag, resources are told without their tags. */
function filtered(database: Database, id: string, filter: string | null): unknown[] {
  const isResource = ({ type }: Resource): boolean =>
    !type.endsWith('resourceGroups') && type.split('/').length === 2;
  if (filter === null) return listResources(database, id).filter(isResource).map(present);
  const { name, value } = tagOf(filter);
  return listByTag(database, name, value)
    .filter(isResource)
    .map((resource) => {
      const { tags: _, properties: __, ...rest } = present(resource);
      return rest;
    });
}

/** A disk that is still being brought here says how far it is. */
async function shown({ shelf }: Cloud, resource: Resource): Promise<unknown> {
  const inner = resource.inner as Partial<ReturnType<typeof diskInner>> | undefined;
  if (inner?.disk === undefined || inner.backing?.kind !== 'blob') return present(resource);
  const completionPercent = await shelf.percent(inner.disk, inner.backing);
  return { ...present(resource), properties: { ...resource.properties, completionPercent } };
}
