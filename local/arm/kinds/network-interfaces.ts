import { z } from 'zod';
import { giveAddressesBack, takeAddress } from '../data/addresses';
import { isTaken, keyOf } from '../data/resource';
import { findResource, listResources, putResource } from '../data/resources';
import { badRequest, missingReference } from '../failure';
import { carried } from './carried';
import { parseProperties, Reference } from './fields';
import type { Kind, PutCall } from './kind';
import { mustFindSubnet } from './networks';

const Configuration = z.looseObject({
  name: z.string(),
  properties: z.looseObject({
    subnet: Reference,
    privateIPAllocationMethod: z.enum(['Static', 'Dynamic']).default('Dynamic'),
    privateIPAddress: z.string().optional(),
    publicIPAddress: Reference.nullish(),
    loadBalancerBackendAddressPools: z.array(Reference).nullish(),
    primary: z.boolean().optional(),
  }),
});
const Properties = z.looseObject({
  ipConfigurations: z.array(Configuration).min(1),
  networkSecurityGroup: Reference.nullish(),
});
const Pools = z.looseObject({ backendAddressPools: z.array(z.looseObject({ name: z.string() })) });
type Configuration = z.infer<typeof Configuration>;

export const networkInterfaces: Kind = {
  type: 'Microsoft.Network/networkInterfaces',
  isLong: false,
  put(call) {
    const { database, id, existing } = call;
    const properties = parseProperties(Properties, call.body.properties);
    const group = properties.networkSecurityGroup?.id;
    if (group !== undefined && !findResource(database, group)) throw missingReference(group, id);
    const before = existing === undefined ? [] : Properties.parse(existing.properties).ipConfigurations;
    giveAddressesBack(database, id);
    const ipConfigurations = properties.ipConfigurations.map((one, index) =>
      configured(call, one, { index, before }),
    );
    const virtualMachine = existing?.properties['virtualMachine'];
    return carried(call, this.type, {
      ...properties,
      ipConfigurations,
      ...(virtualMachine !== undefined && { virtualMachine }),
    });
  },
  checkRemoval(_, { id, properties }) {
    const machine = Reference.safeParse(properties['virtualMachine']);
    if (machine.success)
      throw badRequest(
        'NicInUse',
        `Network Interface ${id} is used by existing resource ${machine.data.id}.`,
      );
  },
  removed(database, { id }) {
    giveAddressesBack(database, id);
  },
};

export const publicAddresses: Kind = {
  type: 'Microsoft.Network/publicIPAddresses',
  isLong: false,
  put(call) {
    const range = { id: `public/${call.body.location ?? ''}`, range: '203.0.113.0/24' };
    const ipAddress =
      call.existing?.properties['ipAddress'] ?? takeAddress(call.database, range, { holder: call.id });
    return carried(call, this.type, { ...call.body.properties, ipAddress });
  },
  checkRemoval(database, { id }) {
    const holder = listResources(database, id.split('/').slice(0, 3).join('/'), networkInterfaces.type).find(
      ({ properties }) =>
        Properties.parse(properties).ipConfigurations.some((one) =>
          isTaken(one.properties.publicIPAddress?.id, id),
        ),
    );
    if (holder)
      throw badRequest(
        'PublicIPAddressCannotBeDeleted',
        `Public IP address ${id} can not be deleted since it is still allocated to resource ${holder.id}.`,
      );
  },
};

function configured(
  { database, id, existing }: PutCall,
  { name, properties, ...rest }: Configuration,
  { index, before }: { readonly index: number; readonly before: readonly Configuration[] },
): object {
  const publicId = properties.publicIPAddress?.id;
  if (publicId !== undefined && !findResource(database, publicId)) throw missingReference(publicId, id);
  for (const pool of properties.loadBalancerBackendAddressPools ?? []) mustFindPool(database, pool.id, id);
  const subnet = mustFindSubnet(database, properties.subnet.id, id);
  const isStatic = properties.privateIPAllocationMethod === 'Static';
  const kept = before.find((one) => one.name === name && isTaken(one.properties.subnet.id, subnet.id));
  const wanted = isStatic ? properties.privateIPAddress : existing && kept?.properties.privateIPAddress;
  const privateIPAddress = takeAddress(database, subnet, { holder: keyOf(id), wanted });
  const primary = properties.primary ?? index === 0;
  return {
    ...rest,
    id: `${id}/ipConfigurations/${name}`,
    name,
    properties: { ...properties, privateIPAddress, primary, provisioningState: 'Succeeded' },
  };
}

function mustFindPool(database: PutCall['database'], poolId: string, cardId: string): void {
  const [, balancerId = poolId, name = ''] = /^(.*)\/backendAddressPools\/([^/]+)$/i.exec(poolId) ?? [];
  const pools = Pools.safeParse(findResource(database, balancerId)?.properties).data?.backendAddressPools;
  const isThere = pools?.some((pool) => pool.name.toLowerCase() === name.toLowerCase()) === true;
  if (!isThere) throw missingReference(poolId, cardId);
}

/** Marks a network card as part of a machine, or of none. */
export function bindInterface(
  database: PutCall['database'],
  nicId: string,
  machineId: string | undefined,
): void {
  const nic = findResource(database, nicId);
  if (nic === undefined) return;
  const { virtualMachine: _, ...properties } = nic.properties;
  const bound = machineId === undefined ? properties : { ...properties, virtualMachine: { id: machineId } };
  putResource(database, { ...nic, properties: bound });
}
