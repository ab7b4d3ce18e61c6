#!/bin/sh
# Makes everything an agent needs before it can register, and prints a token for it. Needs only curl.
set -eu
. "$(dirname "$0")/calls.sh"
site=$vault/replicationFabrics/office

put "$vault" '{"location":"westeurope","sku":{"name":"Standard"},"properties":{}}'
echo "vault ${vault##*/}"

put "$vault/replicationPolicies/every-five-minutes" '{"properties":{"providerSpecificInput":{
  "instanceType":"HyperVReplicaAzure","recoveryPointHistoryDuration":24,
  "applicationConsistentSnapshotFrequencyInHours":1,"replicationInterval":300}}}'
echo 'policy every-five-minutes'

put "$site" '{"properties":{"customDetails":{"instanceType":"HyperVSite"}}}'
echo 'site office'

container=$(call GET "$site/replicationProtectionContainers" |
  sed -n 's|.*/replicationProtectionContainers/\([^"/]*\)".*|\1|p' | head -n 1)
put "$site/replicationProtectionContainers/$container/replicationProtectionContainerMappings/to-azure" '{"properties":{
  "policyId":"'"$vault"'/replicationPolicies/every-five-minutes","targetProtectionContainerId":"Microsoft Azure",
  "providerSpecificInput":{"instanceType":"HyperVReplicaAzure"}}}'
echo "container $container is mapped to Microsoft Azure"

call POST "$site/createRegistrationToken" --data '{}' | sed -n 's/.*"token":"\([^"]*\)".*/token \1/p'
