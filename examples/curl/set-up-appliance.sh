#!/bin/sh
# The same for a VMware site that has an appliance, as Site Recovery sets it up today. Needs only curl.
set -eu
. "$(dirname "$0")/calls.sh"
site=$vault/replicationFabrics/esxi

make_vault westeurope

put "$vault/replicationPolicies/every-five-minutes" '{"properties":{"providerSpecificInput":{
  "instanceType":"InMageRcm","recoveryPointHistoryInMinutes":1440,"crashConsistentFrequencyInMinutes":5,
  "appConsistentFrequencyInMinutes":0,"enableMultiVmSync":"false"}}}'
echo 'policy every-five-minutes'

put "$site" '{"properties":{"customDetails":{"instanceType":"InMageRcm","vmwareSiteId":"esxi","physicalSiteId":"esxi",
  "sourceAgentIdentity":{"tenantId":"tenant","applicationId":"appliance","objectId":"appliance","audience":"lifeboat",
    "aadAuthority":"https://login.microsoftonline.com"}}}}'
echo 'site esxi'

map_to_azure "$site" InMageRcm

print_token "$site"

group=/subscriptions/$subscription/resourceGroups/${LIFEBOAT_GROUP:-rescue}
# What `lifeboat protect --details` needs to be told: by which appliance, and where to.
echo 'details {"processServerId":"appliance","targetResourceGroupId":"'"$group"'","disksDefault":{"diskType":"Standard_LRS","logStorageAccountId":"'"$group"'/providers/Microsoft.Storage/storageAccounts/lifeboatcache"}}'
