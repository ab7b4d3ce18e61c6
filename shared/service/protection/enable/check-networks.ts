import { z } from 'zod';
import type { ReportedMachine } from '../../../contracts/agent/report';
import { Network } from '../../../contracts/catalogue/site';
import { LifeboatError } from '../../../errors';
import type { Records } from '../../../ports/records';
import { everyResource } from '../../catalogue/resources';
import { fabricIdOf } from '../item-records';

const Reported = Network.extend({ nativeId: z.string().default('') });

/** A network of a VMM server that is linked to no logical one can be mapped to nothing: the machine would come up cut off. */
export async function checkNetworks(
  records: Records,
  itemId: string,
  nics: ReportedMachine['nics'],
): Promise<void> {
  const used = new Set(nics.flatMap(({ networkId }) => networkId ?? []));
  if (used.size === 0) return;
  for await (const { resource } of everyResource(records, fabricIdOf(itemId), 'replicationNetworks')) {
    const { fabricKind, friendlyName, logicalNetworkId, nativeId } = Reported.parse(resource.properties);
    if (fabricKind !== 'VMM' || logicalNetworkId !== undefined || !used.has(nativeId)) continue;
    throw new LifeboatError(
      'NetworkNotLinked',
      `The network "${friendlyName}" that the machine is on is not linked to a logical network of its cloud.`,
      { target: resource.id },
    );
  }
}
