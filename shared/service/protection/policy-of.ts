import { z } from 'zod';
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

/** The part of a policy that each replica keeps beside itself. */
export function replicaPolicyOf({ retention, rpoThresholdInMs }: ProtectionPolicy): ReplicaPolicy {
  return ReplicaPolicy.parse({ retention, rpoThresholdInMs });
}
