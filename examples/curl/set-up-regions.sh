#!/bin/sh
# The same for two Azure regions: each is a fabric with one container, and the first is mapped to the second. Needs only curl.
set -eu
. "$(dirname "$0")/calls.sh"

make_vault northeurope

put "$vault/replicationPolicies/every-five-minutes" '{"properties":{"providerSpecificInput":{
  "instanceType":"A2A","recoveryPointHistory":1440,"crashConsistentFrequencyInMinutes":5,
  "appConsistentFrequencyInMinutes":0,"multiVmSyncStatus":"Disable"}}}'
echo 'policy every-five-minutes'

for region in west north; do
  put "$vault/replicationFabrics/$region" '{"properties":{"customDetails":{"instanceType":"Azure","location":"'$region'europe"}}}'
  put "$vault/replicationFabrics/$region/replicationProtectionContainers/machines" \
    '{"properties":{"providerSpecificInput":[{"instanceType":"A2A"}]}}'
  echo "region ${region}europe"
done

put "$vault/replicationFabrics/west/replicationProtectionContainers/machines/replicationProtectionContainerMappings/to-north" '{"properties":{
  "policyId":"'"$vault"'/replicationPolicies/every-five-minutes",
  "targetProtectionContainerId":"'"$vault"'/replicationFabrics/north/replicationProtectionContainers/machines",
  "providerSpecificInput":{"instanceType":"A2A"}}}'
echo 'west is mapped to north'

machines=$vault/replicationFabrics/north/replicationProtectionContainers/machines
group=/subscriptions/$subscription/resourceGroups/${LIFEBOAT_GROUP:-rescue}
# What `lifeboat protect --details` needs to be told: where to, and which disks.
echo 'details {"recoveryContainerId":"'"$machines"'","recoveryResourceGroupId":"'"$group"'","vmManagedDisks":[{"diskId":"disk0","primaryStagingAzureStorageAccountId":"'"$group"'/providers/Microsoft.Storage/storageAccounts/lifeboatcache","recoveryResourceGroupId":"'"$group"'"}]}'

print_token "$vault/replicationFabrics/west"
