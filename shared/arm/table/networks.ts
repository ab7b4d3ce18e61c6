import { z } from 'zod';
import { Network } from '../../contracts/catalogue/site';
import { LifeboatError } from '../../errors';
import { parseResourceId } from '../../model/resource-id';
import type { ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { fabricPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { requireParent, resourceFor } from '../resources/resource-for';
import { existing, required } from '../resources/stored';
import { lastName } from '../resources/wire-words';
import { Nothing, removal } from './fabrics';

const networkPath = `${fabricPath}/replicationNetworks/{networkName}`;
const path = `${networkPath}/replicationNetworkMappings/{networkMappingName}`;
const words = { targetInstanceType: 'Network' };
const text = z.string().max(2048);

const MappingInput = z.looseObject({
  properties: z.looseObject({
    recoveryFabricName: text.nullish(),
    recoveryNetworkId: text.min(1),
    fabricSpecificDetails: z
      .looseObject({ instanceType: z.string(), primaryNetworkId: text.nullish() })
      .nullish(),
  }),
});

const MappingUpdate = z.looseObject({
  properties: z
    .looseObject({
      recoveryFabricName: text.nullish(),
      recoveryNetworkId: text.nullish(),
      fabricSpecificDetails: z
        .looseObject({ instanceType: z.string(), primaryNetworkId: text.nullish() })
        .nullish(),
    })
    .nullish(),
});

async function createMapping(call: Call, { properties }: z.infer<typeof MappingInput>): Promise<ApiAnswer> {
  const parent = await requireParent(call);
  const network = Network.parse(parent?.properties);
  if (network.fabricKind === 'VMM' && network.logicalNetworkId === undefined) {
    throw new LifeboatError(
      'Conflict',
      `The network "${network.friendlyName}" is not linked to a logical network of its cloud: link it, then map it.`,
      { target: parent?.id ?? '' },
    );
  }
  const details = properties.fabricSpecificDetails ?? { instanceType: 'VmmToAzure' };
  if (details.instanceType === 'AzureToAzure' && typeof details['primaryNetworkId'] !== 'string') {
    throw new LifeboatError('BadRequest', 'A mapping between Azure networks names the primary one.', {
      target: 'properties.fabricSpecificDetails.primaryNetworkId',
    });
  }
  const fabricName = parseResourceId(call.resourceId)?.names[0] ?? '';
  const primary =
    typeof details['primaryNetworkId'] === 'string' ? details['primaryNetworkId'] : (parent?.id ?? '');
  const resource = resourceFor(
    call,
    { existing: await existing(call), parent },
    {
      state: 'Paired',
      primaryNetworkFriendlyName: lastName(primary),
      primaryNetworkId: primary,
      primaryFabricFriendlyName: fabricName,
      recoveryNetworkFriendlyName: lastName(properties.recoveryNetworkId),
      recoveryNetworkId: properties.recoveryNetworkId,
      recoveryFabricArmId: null,
      recoveryFabricFriendlyName: properties.recoveryFabricName ?? 'Microsoft Azure',
      fabricSpecificSettings: settingsOf(details.instanceType, primary, properties.recoveryNetworkId),
    },
  );
  return control(call, {
    scenarioName: 'NetworkPairing',
    friendlyName: 'Map Networks',
    ...words,
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

async function updateMapping(call: Call, { properties }: z.infer<typeof MappingUpdate>): Promise<ApiAnswer> {
  const mapping = await required(call);
  const recovery = properties?.recoveryNetworkId;
  const changed =
    typeof recovery === 'string'
      ? { recoveryNetworkId: recovery, recoveryNetworkFriendlyName: lastName(recovery) }
      : {};
  const fabric = properties?.recoveryFabricName;
  return control(call, {
    scenarioName: 'NetworkPairing',
    friendlyName: 'Update network mapping',
    ...words,
    changes: [
      {
        change: 'merge',
        id: mapping.id,
        properties: {
          ...changed,
          ...(typeof fabric === 'string' ? { recoveryFabricFriendlyName: fabric } : {}),
        },
      },
    ],
    resultId: mapping.id,
  });
}

function settingsOf(instanceType: string, primaryId: string, recoveryId: string): Record<string, unknown> {
  return instanceType === 'AzureToAzure'
    ? {
        instanceType,
        primaryFabricLocation: null,
        recoveryFabricLocation: null,
        primaryNetworkId: primaryId,
        recoveryNetworkId: recoveryId,
      }
    : { instanceType };
}

export const networkOperations: readonly Operation[] = [
  list('ReplicationLogicalNetworks_ListByReplicationFabrics', `${fabricPath}/replicationLogicalNetworks`, 2),
  read('ReplicationLogicalNetworks_Get', `${fabricPath}/replicationLogicalNetworks/{logicalNetworkName}`, 2),
  list('ReplicationNetworks_List', `${vaultPath}/replicationNetworks`, 1),
  list('ReplicationNetworks_ListByReplicationFabrics', `${fabricPath}/replicationNetworks`, 1),
  read('ReplicationNetworks_Get', networkPath, 1),
  list('ReplicationNetworkMappings_List', `${vaultPath}/replicationNetworkMappings`, 1),
  list(
    'ReplicationNetworkMappings_ListByReplicationNetworks',
    `${networkPath}/replicationNetworkMappings`,
    1,
  ),
  read('ReplicationNetworkMappings_Get', path, 1),
  job('ReplicationNetworkMappings_Create', ['PUT', path, 1], MappingInput, createMapping),
  job('ReplicationNetworkMappings_Update', ['PATCH', path, 1], MappingUpdate, updateMapping),
  job('ReplicationNetworkMappings_Delete', ['DELETE', path, 1], Nothing, (call) =>
    removal(call, { scenarioName: 'NetworkUnpairing', friendlyName: 'Unmap networks', ...words }),
  ),
];
