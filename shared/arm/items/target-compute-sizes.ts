import { z } from 'zod';
import { everyResource, requireResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';

/** A size of machines at the target, written from what the target cloud offers. */
const ComputeSize = z.looseObject({
  name: z.string(),
  cpuCoresCount: z.number(),
  memoryInGB: z.number(),
  maxDataDiskCount: z.number(),
  maxNicsCount: z.number(),
});

/** General-purpose sizes that every region has, shown until the target cloud was asked for its own. */
const usual: readonly z.infer<typeof ComputeSize>[] = [
  { name: 'Standard_B1ms', cpuCoresCount: 1, memoryInGB: 2, maxDataDiskCount: 2, maxNicsCount: 2 },
  { name: 'Standard_B2s', cpuCoresCount: 2, memoryInGB: 4, maxDataDiskCount: 4, maxNicsCount: 3 },
  { name: 'Standard_D2s_v3', cpuCoresCount: 2, memoryInGB: 8, maxDataDiskCount: 4, maxNicsCount: 2 },
  { name: 'Standard_D4s_v3', cpuCoresCount: 4, memoryInGB: 16, maxDataDiskCount: 8, maxNicsCount: 2 },
  { name: 'Standard_D8s_v3', cpuCoresCount: 8, memoryInGB: 32, maxDataDiskCount: 16, maxNicsCount: 4 },
];

/** The sizes a machine can have at the target; with those too small for its disks named as such. */
export async function targetComputeSizes(call: Call): Promise<ApiAnswer> {
  const itemId = call.resourceId.split('/').slice(0, -1).join('/');
  const { resource } = await requireResource(call.services.records, itemId);
  const disks = z.looseObject({ disks: z.array(z.unknown()) }).parse(resource.properties).disks.length;
  const offered: z.infer<typeof ComputeSize>[] = [];
  for await (const size of everyResource(call.services.records, call.vaultId, 'targetComputeSizes')) {
    offered.push(ComputeSize.parse(size.resource.properties));
  }
  const value = (offered.length > 0 ? offered : usual).map((size) => ({
    id: `${itemId}/targetComputeSizes/${size.name}`,
    name: size.name,
    type: `${resource.type}/targetComputeSizes`,
    properties: {
      ...size,
      friendlyName: size.name,
      vCPUsAvailable: size.cpuCoresCount,
      highIopsSupported: 'Yes',
      hyperVGenerations: ['V1', 'V2'],
      errors:
        size.maxDataDiskCount + 1 >= disks
          ? []
          : [{ message: `The machine has ${disks} disks.`, severity: 'Error' }],
    },
  }));
  return ok({ value, nextLink: null });
}
