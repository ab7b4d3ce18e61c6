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
  readonly name: string;
  readonly nic: NicRequest;
}

/** Network cards of machines at the target. */
export class NetworkCards {
  constructor(private readonly clients: ArmClients) {}

  /** Gives the card's id. A wanted address that is taken is not waited for: the next free one is. */
  async make({ owner, place, name, nic }: CardRequest): Promise<string> {
    const { subscription, group } = parseArmId(place.resourceGroupId);
    const network = this.clients.network(subscription);
    const existing = await askingFor(network.networkInterfaces.get(group, name));
    if (existing !== undefined) {
      if (!isOwnedBy(existing.tags, owner)) {
        throw new LifeboatError(
          'TargetNameTaken',
          `The network card ${existing.id ?? name} was made by somebody else.`,
        );
      }
      if (existing.provisioningState === 'Succeeded') return existing.id ?? '';
    }
    const subnet = nic.subnet ?? (await firstSubnet(this.clients, nic.networkId));
    const addresses = await addressesOf(this.clients, { owner, place, name, nic }, subnet);
    const card = (isKept: boolean): NetworkInterface => ({
      location: place.location,
      tags: tagsOf(owner),
      ipConfigurations: addresses.map(({ wanted, publicId }, index) => ({
        name: index === 0 ? 'primary' : `more-${index}`,
        primary: index === 0,
        subnet: { id: `${nic.networkId}/subnets/${subnet}` },
        privateIPAllocationMethod: isKept && wanted !== undefined ? 'Static' : 'Dynamic',
        ...(isKept && wanted !== undefined && { privateIPAddress: wanted }),
        ...(publicId !== undefined && { publicIPAddress: { id: publicId } }),
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
    return {
      ...{ id: nicId, networkId, subnet, address },
      ...(publicAddress !== undefined && { publicAddress }),
      ...(moreAddresses.length > 0 && { moreAddresses }),
    };
  }
}

interface CardAddress {
  /** Free, when it was asked for; undefined leaves the choice to the network. */
  readonly wanted: string | undefined;
  readonly publicId: string | undefined;
}

async function addressesOf(
  clients: ArmClients,
  { owner, place, name, nic }: CardRequest,
  subnet: string,
): Promise<readonly CardAddress[]> {
  const { networkId, moreAddresses = [] } = nic;
  const addresses: CardAddress[] = [];
  for (const [index, { address, publicAddress }] of [nic, ...moreAddresses].entries()) {
    const publicName = index === 0 ? `${name}-ip` : `${name}-ip${index}`;
    addresses.push({
      wanted: await addressFor(clients, { networkId, subnet, wanted: address }),
      publicId:
        publicAddress === true
          ? await makePublicAddress(clients, { owner, place, name: publicName })
          : undefined,
    });
  }
  return addresses;
}

async function makePublicAddress(
  clients: ArmClients,
  { owner, place, name }: Omit<CardRequest, 'nic'>,
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
