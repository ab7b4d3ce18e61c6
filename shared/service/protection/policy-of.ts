import { z } from 'zod';
import type { ItemWish } from '../../contracts/agents/agent-wish';
import { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import { LifeboatError } from '../../errors';
import { protectionPolicyOf, type ProtectionPolicy } from '../../model/protection-policy';
import type { Records } from '../../ports/records';
import { readResource } from '../catalogue/resources';

const Details = z.looseObject({ providerSpecificDetails: z.record(z.string(), z.unknown()) });

/** The policy that governs an item. */
export async function policyOf(records: Records, policyId: string): Promise<ProtectionPolicy> {
  const stored = await readResource(records, policyId);
  if (stored === undefined) {
    throw new LifeboatError('NotFound', 'The policy of the item is gone.', { target: policyId });
  }
  return protectionPolicyOf(Details.parse(stored.resource.properties).providerSpecificDetails);
}

/** The part of a policy that each replica keeps beside itself. What is only its own stays as it was. */
export function replicaPolicyOf(
  { retention, rpoThresholdInMs }: ProtectionPolicy,
  before?: ReplicaPolicy,
): ReplicaPolicy {
  return ReplicaPolicy.parse({ retention, rpoThresholdInMs, pauses: before?.pauses });
}

/** The part of a policy that agents follow: how often they cut, and how fast they send. */
export function paceOf({
  crashIntervalInMs,
  appIntervalInMs,
  uploadLimit,
}: ProtectionPolicy): Pick<ItemWish, 'crashIntervalInMs' | 'appIntervalInMs' | 'uploadLimit'> {
  return {
    crashIntervalInMs,
    ...(appIntervalInMs === undefined ? {} : { appIntervalInMs }),
    ...(uploadLimit === undefined ? {} : { uploadLimit }),
  };
}
