import type { NetworkInterface, NetworkManagementClient } from '@azure/arm-network';
import { isOwnedBy, tagsOf, type Owner } from '../../contracts/compute/owner';
import type { MachineNic, NicRequest, TargetPlace } from '../../contracts/compute/target-machine';
import { LifeboatError } from '../../errors';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor, isRefusedWith } from './arm-refusals';
import { addressFor, firstSubnet } from './addresses';

export interface CardRequest {
  readonly owner: Owner;
  readonly place: TargetPlace;
  /** What it is called, unless a name was chosen for it. */
  readonly name: string;
  /** The machine that it is for. */
  readonly machineId: string;
  readonly nic: NicRequest;
}

/** Network cards of machines at the target. */
export class NetworkCards {
  constructor(private readonly clients: ArmClients) {}

  /** Gives the card's id. A wanted address that is taken is not waited for: the next free one is. */
  async make(request: CardRequest): Promise<string> {
    const { owner, place, nic } = request;
    const { subscription, group: ownGroup } = parseArmId(place.resourceGroupId);
    const { name = request.name, group = ownGroup } = nic.card ?? {};
    const network = this.clients.network(subscription);
    const existing = await askingFor(network.networkInterfaces.get(group, name));
    if (existing !== undefined) {
      if (isOwnedBy(existing.tags, owner)) {
        if (existing.provisioningState === 'Succeeded') return existing.id ?? '';
      } else if (nic.card?.mayExist === true) {
        const { card: _, ...unnamed } = nic;
        const isFree = isInNoOther(existing, request.machineId);
        return isFree ? (existing.id ?? '') : this.make({ ...request, nic: unnamed });
      } else {
        const message = `The network card ${existing.id ?? name} was made by somebody else.`;
        throw new LifeboatError('TargetNameTaken', message);
      }
    }
    const subnet = nic.subnet ?? (await firstSubnet(this.clients, nic.networkId));
    const addresses = await addressesOf(this.clients, request, subnet);
    const card = (isKept: boolean): NetworkInterface => ({
      location: place.location,
      tags: tagsOf(owner),
      ipConfigurations: addresses.map(({ wanted, publicId, poolIds }, index) => ({
        name: index === 0 ? 'primary' : `more-${index}`,
        primary: index === 0,
        subnet: { id: `${nic.networkId}/subnets/${subnet}` },
        privateIPAllocationMethod: isKept && wanted !== undefined ? 'Static' : 'Dynamic',
        ...(isKept && wanted !== undefined && { privateIPAddress: wanted }),
        ...(publicId !== undefined && { publicIPAddress: { id: publicId } }),
        ...(poolIds.length > 0 && { loadBalancerBackendAddressPools: poolIds.map((id) => ({ id })) }),
      })),
      ...(nic.securityGroupId !== undefined && { networkSecurityGroup: { id: nic.securityGroupId } }),
    });
    const put = (isKept: boolean): Promise<NetworkInterface> =>
      asking(
        network.networkInterfaces.beginCreateOrUpdateAndWait(group, name, card(isKept), this.clients.polling),
      );
    const made = await put(true).catch((error: unknown) => {
      if (!isRefusedWith(error, 'PrivateIPAddressIsAllocated')) throw error;
      return put(false);
    });
    return made.id ?? '';
  }

  async read(nicId: string): Promise<MachineNic | undefined> {
    const { subscription, group, name } = parseArmId(nicId);
    const network = this.clients.network(subscription);
    const card = await askingFor(network.networkInterfaces.get(group, name));
    const [configuration, ...others] = card?.ipConfigurations ?? [];
    if (configuration === undefined) return undefined;
    const [, networkId = '', subnet = ''] =
      /^(.*)\/subnets\/([^/]+)$/i.exec(configuration.subnet?.id ?? '') ?? [];
    const publicAddress = await publicAddressOf(network, configuration.publicIPAddress?.id);
    const address = configuration.privateIPAddress ?? '';
    const moreAddresses = others.flatMap(({ privateIPAddress }) => privateIPAddress ?? []);
    const poolIds = [configuration, ...others].flatMap(({ loadBalancerBackendAddressPools: pools = [] }) =>
      pools.flatMap(({ id = [] }) => id),
    );
    return {
      ...{ id: nicId, networkId, subnet, address },
      ...(publicAddress !== undefined && { publicAddress }),
      ...(moreAddresses.length > 0 && { moreAddresses }),
      ...(poolIds.length > 0 && { poolIds }),
    };
  }
}

/** What is there may be of an earlier try at the same machine. */
function isInNoOther({ virtualMachine }: NetworkInterface, machineId: string): boolean {
  return virtualMachine?.id === undefined || virtualMachine.id.toLowerCase() === machineId.toLowerCase();
}

interface CardAddress {
  /** Free, when it was asked for; undefined leaves the choice to the network. */
  readonly wanted: string | undefined;
  readonly publicId: string | undefined;
  readonly poolIds: readonly string[];
}

async function addressesOf(
  clients: ArmClients,
  { owner, place, name, nic }: CardRequest,
  subnet: string,
): Promise<readonly CardAddress[]> {
  const { networkId, moreAddresses = [] } = nic;
  const addresses: CardAddress[] = [];
  for (const [index, { address, publicAddress, poolIds = [] }] of [nic, ...moreAddresses].entries()) {
    const publicName = index === 0 ? `${name}-ip` : `${name}-ip${index}`;
    addresses.push({
      wanted: await addressFor(clients, { networkId, subnet, wanted: address }),
      publicId:
        publicAddress === true
          ? await makePublicAddress(clients, { owner, place, name: publicName })
          : undefined,
      poolIds,
    });
  }
  return addresses;
}

async function makePublicAddress(
  clients: ArmClients,
  { owner, place, name }: Pick<CardRequest, 'owner' | 'place' | 'name'>,
): Promise<string> {
  const { subscription, group } = parseArmId(place.resourceGroupId);
  const { publicIPAddresses } = clients.network(subscription);
  const made = await asking(
    publicIPAddresses.beginCreateOrUpdateAndWait(
      group,
      name,
      {
        location: place.location,
        tags: tagsOf(owner),
        sku: { name: 'Standard' },
        publicIPAllocationMethod: 'Static',
      },
      clients.polling,
    ),
  );
  return made.id ?? '';
}

async function publicAddressOf(
  { publicIPAddresses }: NetworkManagementClient,
  id: string | undefined,
): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const { group, name } = parseArmId(id);
  return (await askingFor(publicIPAddresses.get(group, name)))?.ipAddress;
}
