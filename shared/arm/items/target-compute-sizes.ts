import { z } from 'zod';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { MachineSize } from '../../contracts/compute/target-place';
import { readResource, requireResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { foundItem } from './item-of';

/** General-purpose sizes that every region has, shown where no target cloud can be asked. */
const usual: readonly MachineSize[] = [
  { name: 'Standard_B1ms', cores: 1, memoryInMb: 2_048, maxDataDisks: 2 },
  { name: 'Standard_B2s', cores: 2, memoryInMb: 4_096, maxDataDisks: 4 },
  { name: 'Standard_D2s_v3', cores: 2, memoryInMb: 8_192, maxDataDisks: 4 },
  { name: 'Standard_D4s_v3', cores: 4, memoryInMb: 16_384, maxDataDisks: 8 },
  { name: 'Standard_D8s_v3', cores: 8, memoryInMb: 32_768, maxDataDisks: 16 },
];

/** The sizes a machine can have at the target; with those too small for its disks named as such. */
export async function targetComputeSizes(call: Call): Promise<ApiAnswer> {
  const itemId = call.resourceId.split('/').slice(0, -1).join('/');
  const { resource } = await requireResource(call.services.records, itemId);
  const { item } = foundItem(resource);
  const value = (await sizesFor(call, item)).map(({ name, cores, memoryInMb, maxDataDisks }) => ({
    id: `${itemId}/targetComputeSizes/${name}`,
    name,
    type: `${resource.type}/targetComputeSizes`,
    properties: {
      name,
      friendlyName: name,
      cpuCoresCount: cores,
      vCPUsAvailable: cores,
      memoryInGB: memoryInMb / 1024,
      maxDataDiskCount: maxDataDisks,
      highIopsSupported: 'Yes',
      hyperVGenerations: ['V1', 'V2'],
      errors:
        maxDataDisks + 1 >= item.disks.length
          ? []
          : [{ message: `The machine has ${item.disks.length} disks.`, severity: 'Error' }],
    },
  }));
  return ok({ value, nextLink: null });
}

const groupFields = [
  'recoveryAzureV2ResourceGroupId',
  'recoveryResourceGroupId',
  'targetAzureV2ResourceGroupId',
  'targetResourceGroupId',
] as const;

const Located = z.looseObject({ location: z.string() });

/** What the region offers that the machine goes to: that of its recovery fabric, else the vault's own. */
async function sizesFor({ services, vaultId }: Call, item: ProtectedItem): Promise<readonly MachineSize[]> {
  const catalog = services.targetCatalog?.();
  if (catalog === undefined) return usual;
  const chosen = { ...item.enabledWith, ...item.target };
  const groupId = groupFields.map((field) => chosen[field]).find((id) => typeof id === 'string') ?? vaultId;
  const fabric = await readResource(services.records, item.recoveryFabricId ?? '');
  const location =
    Located.safeParse(fabric?.resource.properties).data?.location ??
    (await requireResource(services.records, vaultId)).resource.location;
  return catalog.sizes(String(groupId).split('/')[2] ?? '', location ?? '');
}
