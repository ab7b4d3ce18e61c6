// Makes everything an agent needs before it can register, and prints a token for it.
import { group, post, site, subscription, vault, vaults } from './lifeboat.mjs';

const fabric = 'office';
const often = { updateIntervalInMs: 500 };

await vaults.vaults.beginCreateOrUpdateAndWait(
  group,
  vault,
  { location: 'westeurope', sku: { name: 'Standard' }, properties: {} },
  often,
);
console.log(`vault ${vault}`);

const policy = await site.replicationPolicies.beginCreateAndWait(
  vault,
  group,
  'every-five-minutes',
  {
    properties: {
      providerSpecificInput: {
        instanceType: 'HyperVReplicaAzure',
        recoveryPointHistoryDuration: 24,
        applicationConsistentSnapshotFrequencyInHours: 1,
        replicationInterval: 300,
      },
    },
  },
  often,
);
console.log(`policy ${policy.name}`);

const made = await site.replicationFabrics.beginCreateAndWait(
  vault,
  group,
  fabric,
  { properties: { customDetails: { instanceType: 'HyperVSite' } } },
  often,
);
console.log(`site ${made.name}`);

for await (const container of site.replicationProtectionContainers.listByReplicationFabrics(
  vault,
  group,
  fabric,
)) {
  await site.replicationProtectionContainerMappings.beginCreateAndWait(
    vault,
    group,
    fabric,
    container.name,
    'to-azure',
    {
      properties: {
        policyId: policy.id,
        targetProtectionContainerId: 'Microsoft Azure',
        providerSpecificInput: { instanceType: 'HyperVReplicaAzure' },
      },
    },
    often,
  );
  console.log(`container ${container.name} is mapped to Microsoft Azure`);
}

const vaultId = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${vault}`;
const { token, expiresAt } = await post(
  `${vaultId}/replicationFabrics/${fabric}/createRegistrationToken`,
  {},
);
console.log(`token ${token}`);
console.log(`valid once, until ${expiresAt}`);
