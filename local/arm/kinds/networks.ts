import { z } from 'zod';
import type { Database } from '../../store';
import { isWithin, spanOf } from '../data/address';
import type { Subnet } from '../data/addresses';
import { keyOf, type Resource } from '../data/resource';
import { findResource } from '../data/resources';
import { badRequest, missingReference } from '../failure';
import { carried } from './carried';
import { parseProperties } from './fields';
import type { Kind, PutCall } from './kind';

const Properties = z.looseObject({
  addressSpace: z.looseObject({ addressPrefixes: z.array(z.string()).min(1) }),
  subnets: z
    .array(
      z.looseObject({
        name: z.string(),
        properties: z.looseObject({
          addressPrefix: z.string().optional(),
          addressPrefixes: z.array(z.string()).optional(),
        }),
      }),
    )
    .default([]),
});

export const networks: Kind = {
  type: 'Microsoft.Network/virtualNetworks',
  isLong: false,
  put(call) {
    const properties = parseProperties(Properties, call.body.properties);
    const spaces = properties.addressSpace.addressPrefixes.map((prefix) => mustBeRange(prefix));
    const subnets = properties.subnets.map(({ name, properties: own, ...rest }) => {
      const addressPrefix = own.addressPrefix ?? own.addressPrefixes?.[0] ?? '';
      const span = mustBeRange(addressPrefix);
      if (!spaces.some((space) => isWithin(span, space))) {
        throw badRequest(
          'NetcfgInvalidSubnet',
          `Subnet '${name}' is not valid because its IP address range is outside the IP address range of virtual network '${call.name}'.`,
        );
      }
      const id = `${call.id}/subnets/${name}`;
      return { ...rest, id, name, properties: { ...own, addressPrefix, provisioningState: 'Succeeded' } };
    });
    refuseRemovalInUse(call, subnets);
    return carried(call, this.type, { ...properties, subnets });
  },
  checkRemoval(database, { id }) {
    if (isInUse(database, `${keyOf(id)}/subnets/`)) {
      throw badRequest(
        'InUseSubnetCannotBeDeleted',
        `Virtual network ${id} is in use and cannot be deleted.`,
      );
    }
  },
};

/** A subnet by its id, with its range; a refusal in the name of who refers to it. */
export function mustFindSubnet(database: Database, subnetId: string, by: string): Subnet {
  const [, networkId = ''] = /^(.*)\/subnets\/[^/]+$/i.exec(subnetId) ?? [];
  const network = findResource(database, networkId);
  const subnet = network && subnetsOf(network).find(({ id }) => keyOf(id) === keyOf(subnetId));
  if (subnet === undefined) throw missingReference(subnetId, by);
  return subnet;
}

export function subnetsOf(network: Resource): Subnet[] {
  const { subnets } = Properties.parse(network.properties);
  return subnets.map(({ name, properties }) => ({
    id: `${network.id}/subnets/${name}`,
    range: properties.addressPrefix ?? '',
  }));
}

function mustBeRange(prefix: string): NonNullable<ReturnType<typeof spanOf>> {
  const span = spanOf(prefix);
  if (span === undefined)
    throw badRequest('InvalidAddressPrefixFormat', `Address prefix ${prefix} is not a valid CIDR range.`);
  return span;
}

function refuseRemovalInUse({ database, existing }: PutCall, kept: readonly { readonly id: string }[]): void {
  if (existing === undefined) return;
  const ids = new Set(kept.map(({ id }) => keyOf(id)));
  const gone = subnetsOf(existing).find(({ id }) => !ids.has(keyOf(id)) && isInUse(database, keyOf(id)));
  if (gone !== undefined)
    throw badRequest('InUseSubnetCannotBeDeleted', `Subnet ${gone.id} is in use and cannot be deleted.`);
}

function isInUse(database: Database, subnetPrefix: string): boolean {
  const end = `${subnetPrefix}\uffff`;
  return (
    database.get('SELECT 1 FROM addresses WHERE subnet >= ? AND subnet < ? LIMIT 1', subnetPrefix, end) !==
    undefined
  );
}
