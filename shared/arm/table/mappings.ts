import { z } from 'zod';
import { Container, Fabric } from '../../contracts/catalogue/site';
import type { CatalogueChange } from '../../contracts/jobs/control-job';
import { LifeboatError } from '../../errors';
import { parseResourceId } from '../../model/resource-id';
import type { ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { containerPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { scenarioNamed } from '../policies/policy-details';
import { requireLinked, requireParent, resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { lastName } from '../resources/wire-words';
import { acknowledge, Nothing, removal } from './fabrics';

const all = 'replicationProtectionContainerMappings';
const path = `${containerPath}/${all}/{mappingName}`;
const words = { targetInstanceType: 'ProtectionProfile' };
const azure = 'Microsoft Azure';

const MappingInput = z.looseObject({
  properties: z.looseObject({
    targetProtectionContainerId: z.string().max(2048).nullish(),
    policyId: z.string().min(1).max(2048),
    providerSpecificInput: z.looseObject({ instanceType: z.string() }).nullish(),
  }),
});

const MappingUpdate = z.looseObject({
  properties: z
    .looseObject({ providerSpecificInput: z.looseObject({ instanceType: z.string() }).nullish() })
    .nullish(),
});

const Policy = z.looseObject({ providerSpecificDetails: z.looseObject({ instanceType: z.string() }) });

async function createMapping(call: Call, { properties }: z.infer<typeof MappingInput>): Promise<ApiAnswer> {
  const parent = await requireParent(call);
  const container = Container.parse(parent?.properties);
  const policy = await requireLinked(call, properties.policyId);
  const instanceType = Policy.parse(policy.properties).providerSpecificDetails.instanceType;
  const scenario = scenarioNamed(instanceType);
  if (!scenario.sourceFabrics.includes(container.fabricKind)) {
    throw new LifeboatError(
      'BadRequest',
      `A policy of ${instanceType} governs machines of ${scenario.sourceFabrics.join(' or ')}, not of ${container.fabricKind}.`,
      { target: 'properties.policyId' },
    );
  }
  const targetId = await targetOf(call, properties.targetProtectionContainerId, instanceType);
  const stored = await existing(call);
  const resource = resourceFor(
    call,
    { existing: stored, parent },
    {
      targetProtectionContainerId: targetId,
      targetProtectionContainerFriendlyName: lastName(targetId),
      providerSpecificDetails: { ...properties.providerSpecificInput, instanceType },
      health: 'Normal',
      healthErrorDetails: [],
      policyId: policy.id,
      state: 'Paired',
      sourceProtectionContainerFriendlyName: container.friendlyName,
      sourceFabricFriendlyName: container.fabricFriendlyName,
      targetFabricFriendlyName: targetId === azure ? azure : (parseResourceId(targetId)?.names[0] ?? ''),
      policyFriendlyName: policy.name,
    },
  );
  const paired = { pairingStatus: 'Paired', role: 'Primary' };
  const changes: CatalogueChange[] = [
    { change: 'put', resource },
    { change: 'merge', id: parent?.id ?? '', properties: paired },
  ];
  return control(call, {
    scenarioName: 'AssociateProtectionProfile',
    friendlyName: 'Associate replication policy',
    ...words,
    changes,
    resultId: resource.id,
  });
}

/** Where machines of the container go: another container, or Azure where no id says otherwise. */
async function targetOf(call: Call, id: string | null | undefined, instanceType: string): Promise<string> {
  const scenario = scenarioNamed(instanceType);
  const isAzure = id === null || id === undefined || id === '' || id === azure;
  if (isAzure) {
    if (instanceType !== 'A2A' && scenario.target === 'azure') return azure;
    throw new LifeboatError('BadRequest', `A mapping for ${instanceType} names the container it leads to.`, {
      target: 'properties.targetProtectionContainerId',
    });
  }
  const target = await requireLinked(call, id);
  const fabric = Fabric.parse(
    (await requireLinked(call, target.id.split('/').slice(0, -2).join('/'))).properties,
  );
  if (instanceType === 'A2A' && fabric.kind !== 'Azure') {
    throw new LifeboatError(
      'BadRequest',
      'An Azure machine is recovered to a container of an Azure fabric.',
      {
        target: 'properties.targetProtectionContainerId',
      },
    );
  }
  if (scenario.target === 'fabric' && !scenario.sourceFabrics.includes(fabric.kind)) {
    throw new LifeboatError(
      'BadRequest',
      `Machines of ${instanceType} are recovered to ${scenario.sourceFabrics.join(' or ')}, not to ${fabric.kind}.`,
      { target: 'properties.targetProtectionContainerId' },
    );
  }
  return target.id;
}

const removing = {
  scenarioName: 'DissociateProtectionProfile',
  friendlyName: 'Dissociate replication policy',
  ...words,
};

export const mappingOperations: readonly Operation[] = [
  list('ReplicationProtectionContainerMappings_List', `${vaultPath}/${all}`, 0),
  list(
    'ReplicationProtectionContainerMappings_ListByReplicationProtectionContainers',
    `${containerPath}/${all}`,
    0,
  ),
  read('ReplicationProtectionContainerMappings_Get', path, 0),
  job('ReplicationProtectionContainerMappings_Create', ['PUT', path, 0], MappingInput, createMapping),
  job('ReplicationProtectionContainerMappings_Purge', ['DELETE', path, 0], Nothing, (call) =>
    removal(call, removing),
  ),
  job('ReplicationProtectionContainerMappings_Update', ['PATCH', path, 1], MappingUpdate, (call, input) =>
    acknowledge(
      call,
      { scenarioName: 'UpdateProtectionProfile', friendlyName: 'Update mapping', ...words },
      { providerSpecificDetails: input.properties?.providerSpecificInput ?? {} },
    ),
  ),
  job('ReplicationProtectionContainerMappings_Delete', ['POST', `${path}/remove`, 0], Nothing, (call) =>
    removal(call, removing),
  ),
];
