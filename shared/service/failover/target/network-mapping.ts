import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { everyResource } from '../../catalogue/resources';
import { fabricIdOf } from '../../protection/item-records';
import type { FailoverPorts } from '../failover-ports';

/** The target network that a network of the source's fabric is mapped to, if it is to any. */
export async function networkMappedTo(
  { records }: Pick<FailoverPorts, 'records'>,
  { itemId }: FailoverJob,
  sourceNetworkId: string | undefined,
): Promise<string | undefined> {
  if (sourceNetworkId === undefined) return undefined;
  const networks = everyResource(records, fabricIdOf(itemId), 'replicationNetworks');
  for await (const { resource: network } of networks) {
    for await (const { resource } of everyResource(records, network.id, 'replicationNetworkMappings')) {
      const { primaryNetworkId, recoveryNetworkId } = resource.properties;
      const { nativeId } = network.properties;
      const isIts = nativeId === sourceNetworkId || sameId(primaryNetworkId, sourceNetworkId);
      if (isIts && typeof recoveryNetworkId === 'string') return recoveryNetworkId;
    }
  }
  return undefined;
}

function sameId(left: unknown, right: string): boolean {
  return typeof left === 'string' && left.toLowerCase() === right.toLowerCase();
}
