import { z } from 'zod';
import { Container, ProtectableItem } from '../../contracts/catalogue/site';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Resource } from '../../contracts/catalogue/resource';
import { EnableProtection } from '../../contracts/jobs/item-jobs';
import { LifeboatError } from '../../errors';
import { itemJobKinds } from '../../model/job-kinds';
import { isSameResource } from '../../model/resource-id';
import type { Scenario } from '../../model/scenarios/scenario';
import { everyResource } from '../../service/catalogue/resources';
import { acceptJob } from '../../service/jobs/accept-job';
import { parseBody } from '../../contracts/request-body';
import type { ApiAnswer } from '../http/exchange';
import { accepted, jobOf, officeOf } from '../jobs/accepted';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { scenarioNamed } from '../policies/policy-details';
import { checkConditions } from '../resources/read';
import { requireLinked, requireParent, resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { disksOf } from './disks-of';
import { foundItem } from './item-of';
import { affected } from './start-verb';

export const EnableInputBody = z.looseObject({
  properties: z.looseObject({
    policyId: z.string().min(1).max(2048),
    protectableItemId: z.string().max(2048).nullish(),
    providerSpecificDetails: z.looseObject({ instanceType: z.string() }),
  }),
});
type EnableInputBody = z.infer<typeof EnableInputBody>;

/** Enables protection of a machine. Asking again for what is there already changes nothing. */
export async function enableProtection(call: Call, { properties }: EnableInputBody): Promise<ApiAnswer> {
  const scenario = scenarioNamed(properties.providerSpecificDetails.instanceType);
  const schema = scenario.inputs.enableProtection ?? z.looseObject({});
  const provider: Record<string, unknown> = { ...parseBody(schema, properties.providerSpecificDetails) };
  const parent = await requireParent(call);
  const stored = await existing(call);
  checkConditions(call, stored?.etag);
  if (stored !== undefined) return again(call, stored.resource, { policyId: properties.policyId, provider });

  const container = Container.parse(parent?.properties);
  if (!scenario.sourceFabrics.includes(container.fabricKind)) {
    throw new LifeboatError(
      'UnsupportedScenario',
      `${scenario.instanceType} protects machines of ${scenario.sourceFabrics.join(' or ')}, not of ${container.fabricKind}.`,
      { target: 'properties.providerSpecificDetails.instanceType' },
    );
  }
  const mapping = await mappingFor(call, {
    containerId: parent?.id ?? '',
    policyId: properties.policyId,
    scenario,
  });
  const machine = await machineOf(call, scenario, properties.protectableItemId);
  const item = newItem(call, { scenario, provider, mapping, machine, container });
  return begin(call, resourceFor(call, { existing: undefined, parent }, item), { item, provider });
}

/** The same request again is a job with nothing to do; another one is a conflict. */
async function again(
  call: Call,
  resource: Resource,
  wanted: { policyId: string; provider: Record<string, unknown> },
): Promise<ApiAnswer> {
  const { item } = foundItem(resource);
  const isSame =
    isSameResource(item.policyId, wanted.policyId) &&
    JSON.stringify(item.enabledWith) === JSON.stringify(wanted.provider);
  if (!isSame) {
    throw new LifeboatError('Conflict', 'The item is protected already, with other settings.', {
      target: resource.id,
    });
  }
  const kind = itemJobKinds.enableProtection;
  return control(call, {
    ...kind,
    targetInstanceType: 'ProtectionEntity',
    changes: [],
    resultId: resource.id,
  });
}

interface Wanted {
  readonly containerId: string;
  readonly policyId: string;
  readonly scenario: Scenario;
}

/** The mapping that lets machines of the container be protected under the policy. */
async function mappingFor(call: Call, { containerId, policyId, scenario }: Wanted): Promise<Resource> {
  const policy = await requireLinked(call, policyId);
  const all = everyResource(call.services.records, containerId, 'replicationProtectionContainerMappings');
  for await (const { resource } of all) {
    const mapped = z.looseObject({
      policyId: z.string(),
      providerSpecificDetails: z.looseObject({ instanceType: z.string() }),
    });
    const { policyId: other, providerSpecificDetails } = mapped.parse(resource.properties);
    const isOfScenario = scenarioNamed(providerSpecificDetails.instanceType) === scenario;
    if (isSameResource(other, policy.id) && isOfScenario) return resource;
  }
  throw new LifeboatError(
    'Conflict',
    `The policy "${policy.name}" is not associated with the container for ${scenario.instanceType}: create a mapping first.`,
    { target: 'properties.policyId' },
  );
}

interface Machine {
  readonly resource: Resource;
  readonly properties: ProtectableItem;
}

async function machineOf(
  call: Call,
  scenario: Scenario,
  id: string | null | undefined,
): Promise<Machine | undefined> {
  if (id === null || id === undefined || id === '') {
    if (scenario.instanceType === 'A2A' || scenario.instanceType === 'InMageRcm') return undefined;
    throw new LifeboatError('BadRequest', 'The machine to protect is named by its protectable item.', {
      target: 'properties.protectableItemId',
    });
  }
  const resource = await requireLinked(call, id);
  const properties = ProtectableItem.parse(resource.properties);
  const [error] = properties.readinessErrors;
  if (error !== undefined) {
    throw new LifeboatError('Conflict', `The machine is not ready to be protected: ${error}`, {
      target: resource.id,
    });
  }
  return { resource, properties };
}

interface Parts {
  readonly scenario: Scenario;
  readonly provider: Record<string, unknown>;
  readonly mapping: Resource;
  readonly machine: Machine | undefined;
  readonly container: Container;
}

function newItem(call: Call, { scenario, provider, mapping, machine, container }: Parts): ProtectedItem {
  const mapped = mapping.properties;
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  const recovery = text(provider['recoveryContainerId']) ?? text(mapped['targetProtectionContainerId']);
  const discovered = text(provider['fabricDiscoveryMachineId']);
  // Whatever the request calls it, its site knows it by this.
  const known = discovered === undefined ? undefined : text(machine?.properties['machineId']);
  const source = text(provider['fabricObjectId']) ?? known ?? discovered;
  const group = text(provider['multiVmGroupName']);
  return {
    friendlyName:
      machine?.properties.friendlyName ??
      source?.split('/').at(-1) ??
      call.resourceId.split('/').at(-1) ??
      '',
    internalId: call.services.ids.uuid(),
    scenario: scenario.instanceType,
    instanceType: text(provider['instanceType']) ?? scenario.instanceType,
    policyId: text(mapped['policyId']) ?? '',
    mappingId: mapping.id,
    primaryFabricKind: container.fabricKind,
    state: scenario.initial,
    testFailover: 'None',
    resyncRequired: false,
    health: 'None',
    failoverHealth: 'None',
    healthErrors: [],
    disks: disksOf(call.services.ids, provider, machine?.properties.disks ?? []),
    initialCopyPercent: 0,
    enabledWith: provider,
    target: {},
    ...(recovery === undefined
      ? {}
      : { recoveryContainerId: recovery, recoveryFabricId: fabricOf(recovery) }),
    ...(source === undefined ? {} : { sourceMachineId: source }),
    ...(group === undefined ? {} : { multiVmGroupName: group }),
    ...(machine === undefined ? {} : { protectableItemId: machine.resource.id }),
    ...(machine?.properties.providerId === undefined ? {} : { providerId: machine.properties.providerId }),
  };
}

function fabricOf(containerId: string): string {
  return containerId.includes('/') ? containerId.split('/').slice(0, -2).join('/') : containerId;
}

async function begin(
  call: Call,
  resource: Resource,
  { item, provider }: { item: ProtectedItem; provider: Record<string, unknown> },
): Promise<ApiAnswer> {
  const kind = itemJobKinds.enableProtection;
  const job = jobOf(call, {
    scenarioName: kind.scenarioName,
    friendlyName: kind.friendlyName,
    targetInstanceType: 'ProtectionEntity',
    orchestration: 'enableProtection',
    targetId: resource.id,
    targetObjectName: item.friendlyName,
    input: (jobId) =>
      EnableProtection.parse({
        jobId,
        vaultId: call.vaultId,
        itemId: resource.id,
        scenario: item.scenario,
        verb: 'enableProtection',
        policyId: item.policyId,
        protectableItemId: item.protectableItemId,
        provider,
      }),
  });
  const record = await acceptJob(
    officeOf(call),
    {
      ...job,
      targetObjectId: item.internalId,
      tasks: kind.tasks,
      verb: 'enableProtection',
      affectedObjectDetails: affected(item),
      resultId: resource.id,
    },
    { newItem: resource, verb: 'enableProtection' },
  );
  return accepted(call, record);
}
