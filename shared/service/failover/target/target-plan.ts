import { z } from 'zod';
import type { NicRequest, TargetPlace } from '../../../contracts/compute/target-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import { readResource } from '../../catalogue/resources';
import type { FailoverPorts } from '../failover-ports';
import { networkOfTest, networkWishes, nicsOf } from './target-nics';

/** How a machine is made at the target. */
export interface TargetPlan {
  readonly place: TargetPlace;
  readonly name: string;
  readonly size: string;
  readonly operatingSystem: 'Linux' | 'Windows';
  readonly nics: readonly z.input<typeof NicRequest>[];
  /** The test has a network of its own, which is made for it. */
  readonly isIsolated: boolean;
  readonly availabilitySetId?: string;
}

const text = z.string().min(1).optional().catch(undefined);

/** How the target is described: by the request that enabled protection, and by what was changed since. */
const Wishes = z.object({
  recoveryAzureVMName: text,
  targetAzureVmName: text,
  targetVmName: text,
  tfoAzureVMName: text,
  recoveryAzureVMSize: text,
  targetVmSize: text,
  recoveryAzureV2ResourceGroupId: text,
  recoveryResourceGroupId: text,
  targetAzureV2ResourceGroupId: text,
  targetResourceGroupId: text,
  ...networkWishes,
  recoveryAvailabilitySetId: text,
  targetAvailabilitySetId: text,
  recoveryAvailabilityZone: text,
  targetAvailabilityZone: text,
  osType: text,
});
type Wishes = z.infer<typeof Wishes>;

export async function targetPlanOf(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
): Promise<TargetPlan> {
  const wishes = Wishes.parse({ ...item.enabledWith, ...item.target });
  const isTest = job.verb === 'testFailover';
  const isIsolated = isTest && networkOfTest(job, wishes) === undefined;
  const place = await placeOf(ports, job, { item, wishes });
  const name = freeName(nameOf(item, wishes, isTest), { job, item, place });
  const availabilitySetId = wishes.recoveryAvailabilitySetId ?? wishes.targetAvailabilitySetId;
  return {
    ...{ place, name, isIsolated },
    size: await sizeOf(ports, { item, wishes, place }),
    operatingSystem: wishes.osType?.toLowerCase() === 'windows' ? 'Windows' : 'Linux',
    nics: isIsolated ? [] : await nicsOf(ports, job, { item, wishes }),
    ...(availabilitySetId === undefined || isTest ? {} : { availabilitySetId }),
  };
}

interface Described {
  readonly item: ProtectedItem;
  readonly wishes: Wishes;
}

function nameOf(item: ProtectedItem, wishes: Wishes, isTest: boolean): string {
  const name =
    wishes.recoveryAzureVMName ?? wishes.targetAzureVmName ?? wishes.targetVmName ?? item.friendlyName;
  const allowed = name.replaceAll(/[^\w.-]+/g, '-').slice(0, 60);
  return isTest ? (wishes.tfoAzureVMName ?? `${allowed}-test`) : allowed;
}

/** The machine that came from here still has its name until the way back is committed. */
function freeName(
  name: string,
  { job, item, place }: { job: FailoverJob; item: ProtectedItem; place: TargetPlace },
): string {
  const prior = item['priorMachineId'];
  const taken = `${place.resourceGroupId}/providers/Microsoft.Compute/virtualMachines/${name}`;
  const isTaken = typeof prior === 'string' && prior.toLowerCase() === taken.toLowerCase();
  return isTaken ? `${name}-${job.jobId.slice(-6)}` : name;
}

/** The group and region that machines go to: as they were chosen, else those of the vault. */
async function placeOf(
  { records }: FailoverPorts,
  { vaultId }: FailoverJob,
  { item, wishes }: Described,
): Promise<TargetPlace> {
  const resourceGroupId =
    wishes.recoveryAzureV2ResourceGroupId ??
    wishes.recoveryResourceGroupId ??
    wishes.targetAzureV2ResourceGroupId ??
    wishes.targetResourceGroupId ??
    vaultId.split('/').slice(0, 5).join('/');
  const fabric =
    item.recoveryFabricId?.includes('/') === true
      ? await readResource(records, item.recoveryFabricId)
      : undefined;
  const vault = await readResource(records, vaultId);
  const location = text.parse(fabric?.resource.properties['location']) ?? vault?.resource.location;
  const zone = wishes.recoveryAvailabilityZone ?? wishes.targetAvailabilityZone;
  return {
    resourceGroupId,
    location: location ?? 'westeurope',
    ...(zone === undefined ? {} : { zone }),
  };
}

/** The size that was chosen, else the smallest that takes all the disks. */
async function sizeOf(
  { catalog }: FailoverPorts,
  { item, wishes, place }: Described & { readonly place: TargetPlace },
): Promise<string> {
  const chosen = wishes.recoveryAzureVMSize ?? wishes.targetVmSize;
  if (chosen !== undefined) return chosen;
  const [, , subscriptionId = ''] = place.resourceGroupId.split('/');
  const sizes = await catalog.sizes(subscriptionId, place.location);
  const [smallest] = sizes
    .filter(({ maxDataDisks }) => maxDataDisks >= item.disks.length - 1)
    .toSorted((left, right) => left.cores - right.cores || left.memoryInMb - right.memoryInMb);
  if (smallest !== undefined) return smallest.name;
  throw new LifeboatError('TargetRefused', `No size of ${place.location} takes ${item.disks.length} disks.`);
}
