import { Fabric } from '../../../contracts/catalogue/site';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Machine } from '../../../contracts/compute/target-machine';
import type { EnableProtection } from '../../../contracts/jobs/item-jobs';
import type { StepOutcome } from '../../../contracts/protection/step';
import { LifeboatError } from '../../../errors';
import { readResource } from '../../catalogue/resources';
import { changeItem, requireItem } from '../item-records';
import type { ProtectionCloud, ProtectionPorts } from '../protection-ports';
import { runStep } from '../run-step';

/** What the target needs before a machine can be copied to it. What the request names is taken; the rest is made like the source. */
export async function createTarget(ports: ProtectionPorts, job: EnableProtection): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'CreateProtectionTargetTask' }, async () => {
    const item = await requireItem(ports.records, job.itemId);
    const cloud = ports.cloud?.();
    if (cloud === undefined) return;
    await checkNamedNetwork(cloud, item);
    if (item.scenario === 'A2A') await createPlaces(ports, cloud, { job, item });
  });
}

const networkFields = [
  'recoveryAzureNetworkId',
  'targetAzureNetworkId',
  'targetNetworkId',
  'testNetworkId',
] as const;

async function checkNamedNetwork(cloud: ProtectionCloud, { enabledWith }: ProtectedItem): Promise<void> {
  for (const field of networkFields) {
    const id = enabledWith[field];
    if (typeof id !== 'string' || id === '' || (await cloud.catalog.network(id)) !== undefined) continue;
    throw new LifeboatError('TargetResourceMissing', `The network of ${field} is not there: ${id}`, {
      target: id,
    });
  }
}

interface Making {
  readonly job: EnableProtection;
  readonly item: ProtectedItem;
}

/** Group, network and availability set, named after those of the source, unless the request names others. */
async function createPlaces(
  ports: ProtectionPorts,
  cloud: ProtectionCloud,
  { job, item }: Making,
): Promise<void> {
  const source = await cloud.sources.read(item.sourceMachineId ?? '');
  if (source === undefined) return;
  const given = item.enabledWith;
  const owner = { vaultId: job.vaultId, itemId: job.itemId, jobId: job.jobId };
  const resourceGroupId = textOf(given['recoveryResourceGroupId']) ?? `${groupOf(source.id)}-asr`;
  const place = { resourceGroupId, location: await locationOf(ports, item) };
  await cloud.places.ensureGroup(place, owner);
  const networkId =
    textOf(given['recoveryAzureNetworkId']) ?? (await likeSource(cloud, source, { place, owner }));
  const set =
    textOf(given['recoveryAvailabilitySetId']) ??
    (source.availabilitySetId === undefined
      ? undefined
      : await cloud.places.ensureAvailabilitySet(place, `${lastOf(source.availabilitySetId)}-asr`, owner));
  await changeItem(ports.records, job.itemId, (current) => ({
    target: {
      recoveryResourceGroupId: resourceGroupId,
      ...(networkId === undefined ? {} : { selectedRecoveryAzureNetworkId: networkId }),
      ...(set === undefined ? {} : { recoveryAvailabilitySetId: set }),
      ...current.target,
    },
  }));
}

type Place = Parameters<ProtectionCloud['places']['ensureGroup']>;

/** A network with the address spaces and subnets of the source's. */
async function likeSource(
  { catalog, places }: ProtectionCloud,
  { nics }: Machine,
  { place, owner }: { readonly place: Place[0]; readonly owner: Place[1] },
): Promise<string | undefined> {
  const sourceId = nics[0]?.networkId;
  const source = sourceId === undefined ? undefined : await catalog.network(sourceId);
  if (source === undefined) return undefined;
  const { name, addressSpace, subnets } = source;
  return places.ensureNetwork({ owner, place, name: `${name}-asr`, addressSpace, subnets });
}

async function locationOf(
  { records }: ProtectionPorts,
  { recoveryFabricId }: ProtectedItem,
): Promise<string> {
  const fabric = recoveryFabricId === undefined ? undefined : await readResource(records, recoveryFabricId);
  return Fabric.safeParse(fabric?.resource.properties).data?.location ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function groupOf(machineId: string): string {
  return machineId.split('/').slice(0, 5).join('/');
}

function lastOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
