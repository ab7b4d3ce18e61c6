import type { Owner } from '../../contracts/compute/owner';
import type { TargetPlace } from '../../contracts/compute/target-machine';
import type { NetworkRequest } from '../../contracts/compute/target-place';

/**
 * What machines need around them. An existing thing is taken as it is, whoever made it; what is made carries the
 * owner's tags. Refuses as TargetMachines does.
 */
export interface TargetPlaces {
  ensureGroup(place: TargetPlace, owner: Owner): Promise<void>;
  /** Gives the network's id. */
  ensureNetwork(request: NetworkRequest): Promise<string>;
  /** Gives the set's id. */
  ensureAvailabilitySet(place: TargetPlace, name: string, owner: Owner): Promise<string>;
}
