import { z } from 'zod';
import type { ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { fabricPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { requireLinked, requireParent, resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { Nothing, removal } from './fabrics';

const classification = `${fabricPath}/replicationStorageClassifications/{storageClassificationName}`;
const all = 'replicationStorageClassificationMappings';
const path = `${classification}/${all}/{storageClassificationMappingName}`;
const words = { targetInstanceType: 'StorageClassification' };

const MappingInput = z.looseObject({
  properties: z.looseObject({ targetStorageClassificationId: z.string().min(1).max(2048) }),
});

async function createMapping(call: Call, { properties }: z.infer<typeof MappingInput>): Promise<ApiAnswer> {
  const parent = await requireParent(call);
  const target = await requireLinked(call, properties.targetStorageClassificationId);
  const resource = resourceFor(
    call,
    { existing: await existing(call), parent },
    { targetStorageClassificationId: target.id },
  );
  return control(call, {
    scenarioName: 'StoragePairing',
    friendlyName: 'Map storage classifications',
    ...words,
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

export const storageOperations: readonly Operation[] = [
  list('ReplicationStorageClassifications_List', `${vaultPath}/replicationStorageClassifications`, 1),
  list(
    'ReplicationStorageClassifications_ListByReplicationFabrics',
    `${fabricPath}/replicationStorageClassifications`,
    1,
  ),
  read('ReplicationStorageClassifications_Get', classification, 1),
  list('ReplicationStorageClassificationMappings_List', `${vaultPath}/${all}`, 1),
  list(
    'ReplicationStorageClassificationMappings_ListByReplicationStorageClassifications',
    `${classification}/${all}`,
    1,
  ),
  read('ReplicationStorageClassificationMappings_Get', path, 1),
  job('ReplicationStorageClassificationMappings_Create', ['PUT', path, 1], MappingInput, createMapping),
  job('ReplicationStorageClassificationMappings_Delete', ['DELETE', path, 1], Nothing, (call) =>
    removal(call, {
      scenarioName: 'StorageUnpairing',
      friendlyName: 'Unmap storage classifications',
      ...words,
    }),
  ),
];
