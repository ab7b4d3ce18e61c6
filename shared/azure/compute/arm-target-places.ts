import { tagsOf, type Owner } from '../../contracts/compute/owner';
import type { TargetPlace } from '../../contracts/compute/target-machine';
import { NetworkRequest } from '../../contracts/compute/target-place';
import type { TargetPlaces } from '../../ports/compute/target-places';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor } from './arm-refusals';

/** Groups, networks and availability sets in a subscription of Azure. */
export class ArmTargetPlaces implements TargetPlaces {
  constructor(private readonly clients: ArmClients) {}

  async ensureGroup({ resourceGroupId, location }: TargetPlace, owner: Owner): Promise<void> {
    const { subscription, group } = parseArmId(resourceGroupId);
    const { resourceGroups } = this.clients.resources(subscription);
    if ((await askingFor(resourceGroups.get(group))) !== undefined) return;
    await asking(resourceGroups.createOrUpdate(group, { location, tags: tagsOf(owner) }));
  }

  async ensureNetwork(request: NetworkRequest): Promise<string> {
    const { place, name, owner, addressSpace, subnets, isIsolated } = NetworkRequest.parse(request);
    const { subscription, group } = parseArmId(place.resourceGroupId);
    const { virtualNetworks } = this.clients.network(subscription);
    const existing = await askingFor(virtualNetworks.get(group, name));
    if (existing?.id !== undefined) return existing.id;
    const securityGroupId = isIsolated ? await this.#makeIsolation(place, name, owner) : undefined;
    const made = await asking(
      virtualNetworks.beginCreateOrUpdateAndWait(
        group,
        name,
        {
          location: place.location,
          tags: tagsOf(owner),
          addressSpace: { addressPrefixes: addressSpace },
          subnets: subnets.map((subnet) => ({
            name: subnet.name,
            addressPrefix: subnet.range,
            ...(securityGroupId !== undefined && { networkSecurityGroup: { id: securityGroupId } }),
          })),
        },
        this.clients.polling,
      ),
    );
    return made.id ?? '';
  }

  async ensureAvailabilitySet(place: TargetPlace, name: string, owner: Owner): Promise<string> {
    const { subscription, group } = parseArmId(place.resourceGroupId);
    const { availabilitySets } = this.clients.compute(subscription);
    const existing = await askingFor(availabilitySets.get(group, name));
    if (existing?.id !== undefined) return existing.id;
    const made = await asking(
      availabilitySets.createOrUpdate(group, name, {
        location: place.location,
        tags: tagsOf(owner),
        sku: { name: 'Aligned' },
        platformFaultDomainCount: 2,
        platformUpdateDomainCount: 5,
      }),
    );
    return made.id ?? '';
  }

  /** Rules by which machines of a network reach each other and nothing else, nor anything else them. */
  async #makeIsolation(place: TargetPlace, network: string, owner: Owner): Promise<string> {
    const { subscription, group } = parseArmId(place.resourceGroupId);
    const { networkSecurityGroups } = this.clients.network(subscription);
    const any = { protocol: '*', sourcePortRange: '*', destinationPortRange: '*' } as const;
    const inside = { sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: 'VirtualNetwork' };
    const everywhere = { sourceAddressPrefix: '*', destinationAddressPrefix: '*' };
    const rules = (['Inbound', 'Outbound'] as const).flatMap((direction) => [
      { name: `within-${direction}`, priority: 100, direction, access: 'Allow' as const, ...any, ...inside },
      {
        name: `isolate-${direction}`,
        priority: 200,
        direction,
        access: 'Deny' as const,
        ...any,
        ...everywhere,
      },
    ]);
    const made = await asking(
      networkSecurityGroups.beginCreateOrUpdateAndWait(
        group,
        `${network}-isolation`,
        { location: place.location, tags: tagsOf(owner), securityRules: rules },
        this.clients.polling,
      ),
    );
    return made.id ?? '';
  }
}
