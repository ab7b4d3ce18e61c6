import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { ProtectionPorts, TargetFinding } from '../protection-ports';

const networkFields = [
  'selectedRecoveryAzureNetworkId',
  'selectedTfoAzureNetworkId',
  'recoveryAzureNetworkId',
  'targetAzureNetworkId',
  'targetNetworkId',
] as const;

/** What a failover of the item would miss at its target: networks that are gone, cores that are used up. */
export async function checkTarget(
  { cloud }: ProtectionPorts,
  { enabledWith, target }: ProtectedItem,
): Promise<readonly TargetFinding[]> {
  const there = cloud?.();
  if (there === undefined) return [];
  const findings: TargetFinding[] = [];
  for (const field of networkFields) {
    const id = target[field] ?? enabledWith[field];
    if (typeof id !== 'string' || id === '' || (await there.catalog.network(id)) !== undefined) continue;
    findings.push({
      code: 'TargetResourceMissing',
      message: `The target network is gone: ${id}.`,
      action: 'Create the network again, or choose another one for the machine.',
    });
  }
  return findings;
}
