import type { VirtualNetwork } from '@azure/arm-network';
import type {
  AvailabilitySet,
  MachineSize,
  Quota,
  TargetNetwork,
} from '../../contracts/compute/target-place';
import type { TargetCatalog } from '../../ports/compute/target-catalog';
import { freeAddress } from './addresses';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor } from './arm-refusals';

/** What a subscription of Azure has and gives. */
export class ArmTargetCatalog implements TargetCatalog {
  constructor(private readonly clients: ArmClients) {}

  async networks(subscriptionId: string): Promise<readonly TargetNetwork[]> {
    const { virtualNetworks } = this.clients.network(subscriptionId);
    return asking(all(virtualNetworks.listAll(), described));
  }

  async network(networkId: string): Promise<TargetNetwork | undefined> {
    const { subscription, group, name } = parseArmId(networkId);
    const { virtualNetworks } = this.clients.network(subscription);
    const network = await askingFor(virtualNetworks.get(group, name));
    return network && described(network);
  }

  async sizes(subscriptionId: string, location: string): Promise<readonly MachineSize[]> {
    const { virtualMachineSizes } = this.clients.compute(subscriptionId);
    return asking(
      all(virtualMachineSizes.list(location), (size) => ({
        name: size.name ?? '',
        cores: size.numberOfCores ?? 0,
        memoryInMb: size.memoryInMB ?? 0,
        maxDataDisks: size.maxDataDiskCount ?? 0,
      })),
    );
  }

  async availabilitySets(resourceGroupId: string): Promise<readonly AvailabilitySet[]> {
    const { subscription, group } = parseArmId(resourceGroupId);
    const { availabilitySets } = this.clients.compute(subscription);
    const sets = all(availabilitySets.list(group), ({ id = '', name = '', location }) => ({
      id,
      name,
      location,
    }));
    return asking(sets);
  }

  async quotas(subscriptionId: string, location: string): Promise<readonly Quota[]> {
    const { usage } = this.clients.compute(subscriptionId);
    const quotas = all(usage.list(location), ({ name, currentValue, limit }) => ({
      name: name.value ?? '',
      used: currentValue,
      limit,
    }));
    return asking(quotas);
  }

  freeAddress(networkId: string, subnet: string, wanted?: string): Promise<string> {
    return freeAddress(this.clients, { networkId, subnet, wanted });
  }
}

function described({
  id = '',
  name = '',
  location = '',
  addressSpace,
  subnets = [],
}: VirtualNetwork): TargetNetwork {
  return {
    ...{ id, name, location },
    addressSpace: addressSpace?.addressPrefixes ?? [],
    subnets: subnets.map((subnet) => ({
      name: subnet.name ?? '',
      range: subnet.addressPrefix ?? subnet.addressPrefixes?.[0] ?? '',
    })),
  };
}

async function all<T, R>(items: AsyncIterable<T>, present: (item: T) => R): Promise<R[]> {
  const found: R[] = [];
  for await (const item of items) found.push(present(item));
  return found;
}
