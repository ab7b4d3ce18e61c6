#!/bin/sh
# The same for a VMware site: a vault, a policy, the site and its mapping, and a token for an agent. Needs only curl.
set -eu
. "$(dirname "$0")/calls.sh"
site=$vault/replicationFabrics/vcenter

make_vault westeurope

put "$vault/replicationPolicies/every-five-minutes" '{"properties":{"providerSpecificInput":{
  "instanceType":"InMageAzureV2","recoveryPointHistory":1440,
  "crashConsistentFrequencyInMinutes":5,"multiVmSyncStatus":"Disable"}}}'
echo 'policy every-five-minutes'

put "$site" '{"properties":{"customDetails":{"instanceType":"VMware"}}}'
echo 'site vcenter'

map_to_azure "$site" InMageAzureV2

print_token "$site"
