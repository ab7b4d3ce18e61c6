import { z } from 'zod';
import { readVaultHealth, refreshVaultHealth } from '../events/vault-health';
import { ok, type ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { job, list, now, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { putNow } from '../resources/put-now';
import { presentResource } from '../resources/presenters';
import { resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { readOne } from '../resources/read';
import { Nothing } from './fabrics';
import { supportedSystems } from './supported-systems';

const alerts = `${vaultPath}/replicationAlertSettings`;
const settings = `${vaultPath}/replicationVaultSettings`;
const intents = `${vaultPath}/replicationProtectionIntents`;
const events = `${vaultPath}/replicationEvents`;

const AlertBody = z.looseObject({
  properties: z
    .looseObject({
      sendToOwners: z.enum(['Send', 'DoNotSend']).nullish(),
      customEmailAddresses: z.array(z.email()).max(20).nullish(),
      locale: z.string().max(35).nullish(),
    })
    .nullish(),
});

const SettingBody = z.looseObject({
  properties: z.looseObject({
    migrationSolutionId: z.string().max(2048).nullish(),
    vmwareToAzureProviderType: z.enum(['Vmware', 'Avs']).or(z.string().max(100)).nullish(),
  }),
});

const IntentBody = z.looseObject({
  properties: z
    .looseObject({ providerSpecificDetails: z.looseObject({ instanceType: z.string() }).nullish() })
    .nullish(),
});

function putAlert(call: Call, { properties }: z.infer<typeof AlertBody>): Promise<ApiAnswer> {
  return putNow(call, () => ({
    sendToOwners: properties?.sendToOwners ?? 'DoNotSend',
    customEmailAddresses: properties?.customEmailAddresses ?? [],
    locale: properties?.locale ?? 'en-US',
  }));
}

async function putSetting(call: Call, { properties }: z.infer<typeof SettingBody>): Promise<ApiAnswer> {
  const resource = resourceFor(
    call,
    { existing: await existing(call), parent: undefined },
    {
      migrationSolutionId: properties.migrationSolutionId ?? null,
      vmwareToAzureProviderType: properties.vmwareToAzureProviderType ?? null,
    },
  );
  return control(call, {
    scenarioName: 'ConfigureVaultSetting',
    friendlyName: 'Configure vault setting',
    targetInstanceType: 'Vault',
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

/** The setting of any name that nobody wrote yet has its defaults. */
async function readSetting(call: Call): Promise<ApiAnswer> {
  if ((await existing(call)) !== undefined || call.params['vaultSettingName']?.toLowerCase() !== 'default') {
    return readOne(call);
  }
  const none = { migrationSolutionId: null, vmwareToAzureProviderType: null };
  return ok(presentResource(resourceFor(call, { existing: undefined, parent: undefined }, none)));
}

function putIntent(call: Call, { properties }: z.infer<typeof IntentBody>): Promise<ApiAnswer> {
  const time = new Date(call.services.clock.now()).toISOString();
  return putNow(call, (before) => ({
    friendlyName: call.params['intentObjectName'] ?? '',
    jobId: null,
    jobState: null,
    isActive: true,
    creationTimeUTC: before?.['creationTimeUTC'] ?? time,
    providerSpecificDetails: properties?.providerSpecificDetails ?? null,
  }));
}

function eligibility(call: Call): Record<string, unknown> {
  return {
    id: `${call.path.replace(/\/default$/i, '')}/default`,
    name: 'default',
    type: 'Microsoft.RecoveryServices/replicationEligibilityResults',
    properties: { clientRequestId: call.headers.get('x-ms-client-request-id') ?? '', errors: [] },
  };
}

const machinePath =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{virtualMachineName}/providers/Microsoft.RecoveryServices/replicationEligibilityResults';

export const vaultPartOperations: readonly Operation[] = [
  list('ReplicationAlertSettings_List', alerts, 1),
  read('ReplicationAlertSettings_Get', `${alerts}/{alertSettingName}`, 1),
  now('ReplicationAlertSettings_Create', ['PUT', `${alerts}/{alertSettingName}`, 1], AlertBody, putAlert),
  list('ReplicationAppliances_List', `${vaultPath}/replicationAppliances`, 2, { query: ['$filter'] }),
  list('ReplicationEvents_List', events, 1, {
    query: ['$filter'],
    listing: { type: 'replicationEvents', newestFirst: true },
  }),
  read('ReplicationEvents_Get', `${events}/{eventName}`, 1),
  list('ReplicationEligibilityResultsOperations_List', machinePath, 2, {
    handle: (call) => Promise.resolve(ok({ value: [eligibility(call)], nextLink: null })),
  }),
  read('ReplicationEligibilityResultsOperations_Get', `${machinePath}/default`, 2, (call) =>
    Promise.resolve(ok(eligibility(call))),
  ),
  list('ReplicationProtectionIntents_List', intents, 2, { query: ['skipToken', 'takeToken'] }),
  read('ReplicationProtectionIntents_Get', `${intents}/{intentObjectName}`, 2),
  now(
    'ReplicationProtectionIntents_Create',
    ['PUT', `${intents}/{intentObjectName}`, 2],
    IntentBody,
    putIntent,
  ),
  read('ReplicationVaultHealth_Get', `${vaultPath}/replicationVaultHealth`, 1, readVaultHealth),
  job(
    'ReplicationVaultHealth_Refresh',
    ['POST', `${vaultPath}/replicationVaultHealth/default/refresh`, 1],
    Nothing,
    refreshVaultHealth,
  ),
  list('ReplicationVaultSetting_List', settings, 1),
  read('ReplicationVaultSetting_Get', `${settings}/{vaultSettingName}`, 1, readSetting),
  job(
    'ReplicationVaultSetting_Create',
    ['PUT', `${settings}/{vaultSettingName}`, 1],
    SettingBody,
    putSetting,
  ),
  read(
    'SupportedOperatingSystemsOperations_Get',
    `${vaultPath}/replicationSupportedOperatingSystems`,
    2,
    supportedSystems,
  ),
];
