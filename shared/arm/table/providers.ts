import { z } from 'zod';
import { Fabric } from '../../contracts/catalogue/site';
import type { ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { fabricPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { requireParent, resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { acknowledge, Nothing, removal } from './fabrics';

const all = 'replicationRecoveryServicesProviders';
const path = `${fabricPath}/${all}/{providerName}`;
const centerPath = `${fabricPath}/replicationvCenters/{vcenterName}`;
const server = { targetInstanceType: 'Server' };
const text = z.string().max(260);

const ProviderInput = z.looseObject({
  properties: z.looseObject({ machineName: text.min(1), machineId: text.nullish() }),
});

const CenterInput = z.looseObject({
  properties: z.looseObject({
    friendlyName: text.nullish(),
    ipAddress: text.nullish(),
    port: text.nullish(),
    processServerId: z.string().max(2048).nullish(),
    runAsAccountId: text.nullish(),
  }),
});

/** Announces an agent before it registers; its registration fills in the rest. */
async function createProvider(call: Call, { properties }: z.infer<typeof ProviderInput>): Promise<ApiAnswer> {
  const parent = await requireParent(call);
  const fabric = Fabric.parse(parent?.properties);
  const stored = await existing(call);
  const resource = resourceFor(
    call,
    { existing: stored, parent },
    {
      friendlyName: properties.machineName,
      machineName: properties.machineName,
      fabricKind: fabric.kind,
      fabricFriendlyName: fabric.friendlyName,
      agentId: call.services.ids.uuid(),
      version: '',
      connected: false,
      ...stored?.resource.properties,
    },
  );
  return control(call, {
    scenarioName: 'RegisterDra',
    friendlyName: 'Register server',
    ...server,
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

async function createCenter(call: Call, { properties }: z.infer<typeof CenterInput>): Promise<ApiAnswer> {
  const parent = await requireParent(call);
  const stored = await existing(call);
  const resource = resourceFor(
    call,
    { existing: stored, parent },
    {
      friendlyName: call.params['vcenterName'] ?? '',
      internalId: call.services.ids.uuid(),
      infrastructureId: parent?.id ?? '',
      fabricArmResourceName: parent?.name ?? '',
      lastHeartbeat: null,
      healthErrors: [],
      ...stored?.resource.properties,
      ...given(properties),
      ...lookedFor(call),
    },
  );
  return control(call, {
    scenarioName: 'AddVCenter',
    friendlyName: 'Add vCenter server',
    ...server,
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

/** Machines are looked for: by this provider, or by one of the fabric for a server that is new or another now. */
function lookedFor({ services }: Call): Record<string, unknown> {
  return { discoveryStatus: 'Pending', discoveryRequestedAtInMs: services.clock.now() };
}

/** What a request says, without what it leaves out. */
function given(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null && value !== undefined),
  );
}

const unregistering = { scenarioName: 'RemoveDra', friendlyName: 'Remove server', ...server };

export const providerOperations: readonly Operation[] = [
  list('ReplicationRecoveryServicesProviders_List', `${vaultPath}/${all}`, 1),
  list('ReplicationRecoveryServicesProviders_ListByReplicationFabrics', `${fabricPath}/${all}`, 1),
  read('ReplicationRecoveryServicesProviders_Get', path, 1),
  job('ReplicationRecoveryServicesProviders_Create', ['PUT', path, 1], ProviderInput, createProvider),
  job('ReplicationRecoveryServicesProviders_Purge', ['DELETE', path, 1], Nothing, (call) =>
    removal(call, unregistering, { force: true }),
  ),
  job(
    'ReplicationRecoveryServicesProviders_RefreshProvider',
    ['POST', `${path}/refreshProvider`, 1],
    Nothing,
    (call) =>
      acknowledge(
        call,
        { scenarioName: 'RefreshDra', friendlyName: 'Refresh server', ...server },
        lookedFor(call),
      ),
  ),
  job('ReplicationRecoveryServicesProviders_Delete', ['POST', `${path}/remove`, 1], Nothing, (call) =>
    removal(call, unregistering),
  ),
  list('ReplicationvCenters_List', `${vaultPath}/replicationvCenters`, 2),
  list('ReplicationvCenters_ListByReplicationFabrics', `${fabricPath}/replicationvCenters`, 2),
  read('ReplicationvCenters_Get', centerPath, 2),
  job('ReplicationvCenters_Create', ['PUT', centerPath, 2], CenterInput, createCenter),
  job('ReplicationvCenters_Update', ['PATCH', centerPath, 2], CenterInput, (call, { properties }) =>
    acknowledge(
      call,
      { scenarioName: 'UpdateVCenter', friendlyName: 'Update vCenter server', ...server },
      { ...given(properties), ...lookedFor(call) },
    ),
  ),
  job('ReplicationvCenters_Delete', ['DELETE', centerPath, 2], Nothing, (call) =>
    removal(call, { scenarioName: 'RemoveVCenter', friendlyName: 'Remove vCenter server', ...server }),
  ),
];
