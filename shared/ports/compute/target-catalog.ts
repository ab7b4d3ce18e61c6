import type {
  AvailabilitySet,
  MachineSize,
  Quota,
  TargetNetwork,
} from '../../contracts/compute/target-place';

/** What the target cloud has and gives. Only reads. */
export interface TargetCatalog {
  /** All networks of a subscription. */
  networks(subscriptionId: string): Promise<readonly TargetNetwork[]>;
  /** Undefined if it is not there. */
  network(networkId: string): Promise<TargetNetwork | undefined>;
  sizes(subscriptionId: string, location: string): Promise<readonly MachineSize[]>;
  availabilitySets(resourceGroupId: string): Promise<readonly AvailabilitySet[]>;
  quotas(subscriptionId: string, location: string): Promise<readonly Quota[]>;
  /** The wanted address if it is free in that subnet, else the next that is; `TargetResourceMissing` without such a subnet. */
  freeAddress(networkId: string, subnet: string, wanted?: string): Promise<string>;
}
