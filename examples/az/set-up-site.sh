#!/bin/sh
# The same by `az rest`, which polls nothing by itself: a job's address is asked until the job has ended.
set -eu
: "${LIFEBOAT_ENDPOINT:?see examples/README.md}" "${LIFEBOAT_TOKEN:?see examples/README.md}"
[ -z "${LIFEBOAT_CA:-}" ] || export REQUESTS_CA_BUNDLE="$LIFEBOAT_CA"
subscription=${LIFEBOAT_SUBSCRIPTION:-00000000-0000-0000-0000-000000000000}
vault=/subscriptions/$subscription/resourceGroups/${LIFEBOAT_GROUP:-rescue}/providers/Microsoft.RecoveryServices/vaults/${LIFEBOAT_VAULT:-harbour}
site=$vault/replicationFabrics/office

call() {
  method=$1 path=$2
  shift 2
  az rest --only-show-errors --skip-authorization-header --method "$method" \
    --url "$LIFEBOAT_ENDPOINT$path?api-version=2023-06-01" \
    --headers "Authorization=Bearer $LIFEBOAT_TOKEN" Content-Type=application/json "$@"
}

# A PUT, and the wait until what it makes can be read.
put() {
  call put "$1" --body "$2" --output none
  tries=0
  until call get "$1" --output none 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "still not there: $1" >&2; return 5; }
    sleep 1
  done
}

put "$vault" '{"location":"westeurope","sku":{"name":"Standard"},"properties":{}}'
echo "vault ${vault##*/}"

put "$vault/replicationPolicies/every-five-minutes" '{"properties":{"providerSpecificInput":{"instanceType":"HyperVReplicaAzure","recoveryPointHistoryDuration":24,"applicationConsistentSnapshotFrequencyInHours":1,"replicationInterval":300}}}'
echo 'policy every-five-minutes'

put "$site" '{"properties":{"customDetails":{"instanceType":"HyperVSite"}}}'
echo 'site office'

container=$(call get "$site/replicationProtectionContainers" --query 'value[0].name' --output tsv)
put "$site/replicationProtectionContainers/$container/replicationProtectionContainerMappings/to-azure" \
  '{"properties":{"policyId":"'"$vault"'/replicationPolicies/every-five-minutes","targetProtectionContainerId":"Microsoft Azure","providerSpecificInput":{"instanceType":"HyperVReplicaAzure"}}}'
echo "container $container is mapped to Microsoft Azure"

echo "token $(call post "$site/createRegistrationToken" --body '{}' --query token --output tsv)"
