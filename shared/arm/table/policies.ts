import { z } from 'zod';
import type { Resource } from '../../contracts/catalogue/resource';
import type { CatalogueChange } from '../../contracts/jobs/control-job';
import { readResource } from '../../service/catalogue/resources';
import { control } from '../jobs/control';
import { job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { policyDetails, PolicyInput } from '../policies/policy-details';
import { resourceFor } from '../resources/resource-for';
import { existing, required } from '../resources/stored';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { Nothing, removal } from './fabrics';

const path = `${vaultPath}/replicationPolicies/{policyName}`;
const profile = { targetInstanceType: 'ProtectionProfile' };

const PolicyUpdate = z.looseObject({
  properties: z.looseObject({ replicationProviderSettings: z.looseObject({ instanceType: z.string() }) }),
});

/** What a machine is protected by on its way home, where that is another scenario. */
const wayHome: Readonly<Record<string, string>> = { InMageAzureV2: 'InMage', InMageRcm: 'InMageRcmFailback' };

const Details = z.looseObject({ providerSpecificDetails: z.record(z.string(), z.unknown()) });

async function createPolicy(call: Call, input: z.infer<typeof PolicyInput>): Promise<ApiAnswer> {
  const stored = await existing(call);
  const before =
    stored === undefined ? undefined : Details.parse(stored.resource.properties).providerSpecificDetails;
  const kept = before === undefined ? {} : { instanceType: before['instanceType'] };
  const properties = {
    friendlyName: call.params['policyName'] ?? '',
    providerSpecificDetails: policyDetails(input, kept),
  };
  const resource = resourceFor(call, { existing: stored, parent: undefined }, properties);
  return control(call, {
    scenarioName: 'AddProtectionProfile',
    friendlyName: 'Create replication policy',
    ...profile,
    changes: [{ change: 'put', resource }, ...(await failbackPolicy(call, resource))],
    resultId: resource.id,
  });
}

/** The policy of the way home, made with the one of the way out where that is another scenario's; one that is there stays. */
async function failbackPolicy(
  call: Call,
  { id, name, type, properties }: Resource,
): Promise<CatalogueChange[]> {
  const { instanceType, multiVmSyncStatus } = Details.parse(properties).providerSpecificDetails;
  const home = wayHome[String(instanceType)];
  if (home === undefined) return [];
  const failback = { id: `${id}-failback`, name: `${name}-failback`, type };
  if ((await readResource(call.services.records, failback.id)) !== undefined) return [];
  const sync = multiVmSyncStatus === 'Enabled' ? 'Enable' : 'Disable';
  const input = { instanceType: home, multiVmSyncStatus: sync };
  const details = policyDetails({ properties: { providerSpecificInput: input } });
  const shown = { friendlyName: failback.name, providerSpecificDetails: details };
  return [{ change: 'put', resource: { ...failback, properties: shown } }];
}

async function updatePolicy(call: Call, input: z.infer<typeof PolicyUpdate>): Promise<ApiAnswer> {
  const policy = await required(call);
  const before = Details.parse(policy.properties).providerSpecificDetails;
  const providerSpecificInput = input.properties.replicationProviderSettings;
  return control(call, {
    scenarioName: 'UpdateProtectionProfile',
    friendlyName: 'Update replication policy',
    ...profile,
    changes: [
      {
        change: 'merge',
        id: policy.id,
        properties: {
          providerSpecificDetails: policyDetails({ properties: { providerSpecificInput } }, before),
        },
      },
    ],
    resultId: policy.id,
  });
}

export const policyOperations: readonly Operation[] = [
  list('ReplicationPolicies_List', `${vaultPath}/replicationPolicies`, 0),
  read('ReplicationPolicies_Get', path, 0),
  job('ReplicationPolicies_Create', ['PUT', path, 0], PolicyInput, createPolicy),
  job('ReplicationPolicies_Update', ['PATCH', path, 0], PolicyUpdate, updatePolicy),
  job('ReplicationPolicies_Delete', ['DELETE', path, 0], Nothing, (call) =>
    removal(call, {
      scenarioName: 'RemoveProtectionProfile',
      friendlyName: 'Delete replication policy',
      ...profile,
    }),
  ),
];
