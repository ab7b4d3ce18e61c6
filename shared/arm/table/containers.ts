import { z } from 'zod';
import type { Resource } from '../../contracts/catalogue/resource';
import { Fabric } from '../../contracts/catalogue/site';
import { LifeboatError } from '../../errors';
import { everyResource } from '../../service/catalogue/resources';
import type { ApiAnswer } from '../http/exchange';
import { SwitchInput, switchProtection } from '../items/switch-protection';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { containerPath, fabricPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { readOne } from '../resources/read';
import { requireParent, resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { acknowledge, Nothing, removal } from './fabrics';

const path = containerPath;
const words = { targetInstanceType: 'ProtectionContainer' };

const ContainerInput = z.looseObject({
  properties: z
    .looseObject({
      providerSpecificInput: z
        .array(z.looseObject({ instanceType: z.string() }))
        .max(8)
        .nullish(),
    })
    .nullish(),
});

const DiscoverInput = z.looseObject({
  properties: z.looseObject({
    friendlyName: z.string().max(260).nullish(),
    ipAddress: z.string().max(260).nullish(),
    osType: z.string().max(100).nullish(),
  }),
});

async function createContainer(call: Call, _input: z.infer<typeof ContainerInput>): Promise<ApiAnswer> {
  const parent = await requireParent(call);
  const fabric = Fabric.parse(parent?.properties);
  const stored = await existing(call);
  const resource = resourceFor(
    call,
    { existing: stored, parent },
    stored?.resource.properties ?? {
      friendlyName: call.params['protectionContainerName'] ?? '',
      fabricKind: fabric.kind,
      fabricFriendlyName: fabric.friendlyName,
    },
  );
  return control(call, {
    scenarioName: 'CreateCloud',
    friendlyName: 'Create protection container',
    ...words,
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

/** A physical server is asked for before its agent is installed. Nothing is kept of it: who knows the server's disks is its agent. */
async function discover(call: Call, { properties }: z.infer<typeof DiscoverInput>): Promise<ApiAnswer> {
  const { friendlyName, ipAddress } = properties;
  if (typeof friendlyName !== 'string' || typeof ipAddress !== 'string') {
    throw new LifeboatError('BadRequest', 'A machine is discovered by its friendlyName and ipAddress.', {
      target: 'properties',
    });
  }
  return acknowledge(call, {
    scenarioName: 'DiscoverProtectableItem',
    friendlyName: 'Discover a machine',
    ...words,
  });
}

async function withItemCount(call: Call, container: Resource): Promise<Resource> {
  let protectedItemCount = 0;
  const items = everyResource(call.services.records, container.id, 'replicationProtectedItems');
  for await (const _ of items) protectedItemCount++;
  return { ...container, properties: { ...container.properties, protectedItemCount } };
}

const listing = { type: 'replicationProtectionContainers', complete: withItemCount };

export const containerOperations: readonly Operation[] = [
  list('ReplicationProtectionContainers_List', `${vaultPath}/replicationProtectionContainers`, 0, {
    listing,
  }),
  list(
    'ReplicationProtectionContainers_ListByReplicationFabrics',
    `${fabricPath}/replicationProtectionContainers`,
    0,
    { listing },
  ),
  read('ReplicationProtectionContainers_Get', path, 0, (call) => readOne(call, withItemCount)),
  job('ReplicationProtectionContainers_Create', ['PUT', path, 0], ContainerInput, createContainer),
  job(
    'ReplicationProtectionContainers_DiscoverProtectableItem',
    ['POST', `${path}/discoverProtectableItem`, 1],
    DiscoverInput,
    discover,
  ),
  job('ReplicationProtectionContainers_Delete', ['POST', `${path}/remove`, 0], Nothing, (call) =>
    removal(call, { scenarioName: 'DeleteCloud', friendlyName: 'Delete protection container', ...words }),
  ),
  job(
    'ReplicationProtectionContainers_SwitchProtection',
    ['POST', `${path}/switchprotection`, 0],
    SwitchInput,
    switchProtection,
  ),
];
