import { z } from 'zod';
import { LifeboatError } from '../../errors';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { requireLinked } from '../resources/resource-for';
import { providerInput, type FoundItem } from './item-of';
import { itemFor, startVerb } from './start-verb';

export const SwitchInput = z.looseObject({
  properties: z.looseObject({
    replicationProtectedItemName: z.string().min(1).max(260),
    providerSpecificDetails: z.looseObject({ instanceType: z.string() }).nullish(),
  }),
});

/** Turns protection round: a new item in the container the machine now runs in replaces this one. */
export async function switchProtection(call: Call, input: z.infer<typeof SwitchInput>): Promise<ApiAnswer> {
  const { replicationProtectedItemName: name, providerSpecificDetails } = input.properties;
  const found = await itemFor(
    call,
    'switchProtection',
    `${call.resourceId}/replicationProtectedItems/${name}`,
  );
  const provider = providerInput(found, 'switchProtection', providerSpecificDetails);
  const newItemId = await newItemOf(call, found, provider);
  return startVerb(call, found, {
    verb: 'switchProtection',
    orchestration: 'switchProtection',
    input: { newItemId, ...(provider === undefined ? {} : { provider }) },
    resultId: call.resourceId,
    customDetails: { instanceType: 'SwitchProtectionJobDetails', newReplicationProtectedItemId: newItemId },
  });
}

/** Where the new item comes to be: in the recovery container, or beside the old one where there is none. */
async function newItemOf(
  call: Call,
  { resource, item }: FoundItem,
  provider: Record<string, unknown> | undefined,
): Promise<string> {
  const given = provider?.['recoveryContainerId'];
  const recovery = item.recoveryContainerId;
  if (recovery === undefined || !recovery.includes('/')) return `${resource.id}-new`;
  // The request names the container that the machine will be recovered to: the one it came from.
  const back = typeof given === 'string' && given !== '' ? await requireLinked(call, given) : undefined;
  const own = resource.id.split('/').slice(0, -2).join('/');
  if (back !== undefined && back.id.toLowerCase() !== own.toLowerCase()) {
    throw new LifeboatError(
      'BadRequest',
      'Protection turns back to the container that the machine came from.',
      {
        target: 'properties.providerSpecificDetails.recoveryContainerId',
      },
    );
  }
  const container = await requireLinked(call, recovery);
  return `${container.id}/replicationProtectedItems/${resource.name}`;
}
