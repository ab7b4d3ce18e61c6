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
    const publicId =
      nic.publicAddress === true
        ? await makePublicAddress(this.clients, { owner, place, name, nic })
        : undefined;
    const subnet = nic.subnet ?? (await firstSubnet(this.clients, nic.networkId));
    const address = await addressFor(this.clients, { networkId: nic.networkId, subnet, wanted: nic.address });
    const card = (wanted: string | undefined): NetworkInterface => ({
      location: place.location,
      tags: tagsOf(owner),
      ipConfigurations: [
        {
          name: 'primary',
          primary: true,
          subnet: { id: `${nic.networkId}/subnets/${subnet}` },
          privateIPAllocationMethod: wanted === undefined ? 'Dynamic' : 'Static',
          ...(wanted !== undefined && { privateIPAddress: wanted }),
          ...(publicId !== undefined && { publicIPAddress: { id: publicId } }),
        },
      ],
      ...(nic.securityGroupId !== undefined && { networkSecurityGroup: { id: nic.securityGroupId } }),
    });
    const put = (wanted: string | undefined): Promise<NetworkInterface> =>
      asking(
        network.networkInterfaces.beginCreateOrUpdateAndWait(group, name, card(wanted), this.clients.polling),
      );
    const made = await put(address).catch((error: unknown) => {
      if (!isRefusedWith(error, 'PrivateIPAddressIsAllocated')) throw error;
      return put(undefined);
    });
    return made.id ?? '';
  }

  async read(nicId: string): Promise<MachineNic | undefined> {
    const { subscription, group, name } = parseArmId(nicId);
    const network = this.clients.network(subscription);
    const card = await askingFor(network.networkInterfaces.get(group, name));
    const configuration = card?.ipConfigurations?.[0];
    if (configuration === undefined) return undefined;
    const [, networkId = '', subnet = ''] =
      /^(.*)\/subnets\/([^/]+)$/i.exec(configuration.subnet?.id ?? '') ?? [];
    const publicAddress = await publicAddressOf(network, configuration.publicIPAddress?.id);
    const address = configuration.privateIPAddress ?? '';
    return { id: nicId, networkId, subnet, address, ...(publicAddress !== undefined && { publicAddress }) };
  }
}

async function makePublicAddress(clients: ArmClients, { owner, place, name }: CardRequest): Promise<string> {
  const { subscription, group } = parseArmId(place.resourceGroupId);
  const { publicIPAddresses } = clients.network(subscription);
  const made = await asking(
    publicIPAddresses.beginCreateOrUpdateAndWait(
      group,
      `${name}-ip`,
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
