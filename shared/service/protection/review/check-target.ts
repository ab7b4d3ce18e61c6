import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { TargetCatalog } from '../../../ports/compute/target-catalog';
import type { ProtectionPorts, TargetFinding } from '../protection-ports';

const networkFields = [
  'selectedRecoveryAzureNetworkId',
  'selectedTfoAzureNetworkId',
  'recoveryAzureNetworkId',
  'targetAzureNetworkId',
  'targetNetworkId',
] as const;

/** What a failover of the item would miss at its target: networks that are gone, machines or cores that are used up. */
export async function checkTarget(
  { cloud }: ProtectionPorts,
  item: ProtectedItem,
): Promise<readonly TargetFinding[]> {
  const there = cloud?.();
  if (there === undefined) return [];
  const findings: TargetFinding[] = [];
  const places = new Map<string, Place>();
  for (const field of networkFields) {
    const id = item.target[field] ?? item.enabledWith[field];
    if (typeof id !== 'string' || id === '') continue;
    const network = await there.catalog.network(id);
    if (network === undefined) {
      findings.push({
        code: 'TargetResourceMissing',
        message: `The target network is gone: ${id}.`,
        action: 'Create the network again, or choose another one for the machine.',
      });
    } else {
      const place = { subscriptionId: id.split('/')[2] ?? '', location: network.location };
      places.set(`${place.subscriptionId} ${place.location}`.toLowerCase(), place);
    }
  }
  // A machine that runs at its target has its share of the quota already.
  if (item.state !== 'Protected') return findings;
  for (const place of places.values()) findings.push(...(await quotaFindings(there.catalog, item, place)));
  return findings;
}

interface Place {
  readonly subscriptionId: string;
  readonly location: string;
}

/** Of cores it can only be told where the machine's size was chosen. */
async function quotaFindings(
  catalog: TargetCatalog,
  { enabledWith, target }: ProtectedItem,
  { subscriptionId, location }: Place,
): Promise<readonly TargetFinding[]> {
  const chosen = { ...enabledWith, ...target };
  const size = chosen['recoveryAzureVMSize'] ?? chosen['targetVmSize'];
  const sizes = size === undefined ? [] : await catalog.sizes(subscriptionId, location);
  const needed = new Map([
    ['virtualMachines', 1],
    ['cores', sizes.find(({ name }) => name === size)?.cores ?? 0],
  ]);
  const quotas = await catalog.quotas(subscriptionId, location);
  return quotas
    .filter(({ name, used, limit }) => used + (needed.get(name) ?? 0) > Math.max(limit, used))
    .map(({ name, used, limit }) => ({
      code: 'TargetQuotaExceeded',
      message: `The region ${location} gives ${limit} of ${name}, ${used} are used, and a failover takes ${needed.get(name) ?? 0} more.`,
      action: 'Ask for a higher quota, free some of it, or choose another size or region.',
    }));
}
