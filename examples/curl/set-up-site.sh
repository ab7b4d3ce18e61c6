#!/bin/sh
# Makes everything an agent needs before it can register, and prints a token for it: set-up-site.sh [HyperVSite|VMM]. Needs only curl.
set -eu
. "$(dirname "$0")/calls.sh"
site=$vault/replicationFabrics/office
kind=${1:-HyperVSite}

make_vault westeurope

put "$vault/replicationPolicies/every-five-minutes" '{"properties":{"providerSpecificInput":{
  "instanceType":"HyperVReplicaAzure","recoveryPointHistoryDuration":24,
  "applicationConsistentSnapshotFrequencyInHours":1,"replicationInterval":300}}}'
echo 'policy every-five-minutes'

put "$site" '{"properties":{"customDetails":{"instanceType":"'"$kind"'"}}}'
echo 'site office'

map_to_azure "$site" HyperVReplicaAzure

print_token "$site"
