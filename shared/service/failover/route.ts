import { Home } from '../../contracts/catalogue/recovery';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { recoveriesOf } from './recovery-records';

/** `cloud`: machines of the target cloud. `site`: machines that agents speak for, with disks of their own. */
export type Place = 'cloud' | 'site';

export interface Route {
  readonly from: Place;
  readonly to: Place;
}

/** Where the machine of a turned item came from; undefined for an item that replicates the way it was enabled. */
export function homeOf(item: ProtectedItem): Home | undefined {
  return Home.optional().parse(item['home']);
}

/** Between what an item replicates now. */
export function routeOf(item: ProtectedItem): Route {
  if (item.scenario === 'A2A') return { from: 'cloud', to: 'cloud' };
  if (item.scenario === 'HyperVReplica2012R2') return { from: 'site', to: 'site' };
  if (homeOf(item) !== undefined) return { from: 'cloud', to: 'site' };
  return { from: 'site', to: item.scenario === 'InMage' ? 'site' : 'cloud' };
}

/** The id of the machine in the cloud that is the source now. */
export function cloudSourceOf(item: ProtectedItem): string | undefined {
  return item.scenario === 'A2A' ? item.sourceMachineId : recoveriesOf(item).away?.machine?.id;
}
