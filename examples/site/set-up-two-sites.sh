#!/bin/sh
# Two sites of one's own, `home` and `away`: `vmm` for clouds of two VMM servers, `vmware` for VMware and physical machines.
# Makes a vault, a policy, the sites and their mapping, and prints a token for an agent of each. Needs only curl.
set -eu
. "$(dirname "$0")/../curl/calls.sh"

case ${1:-} in
  vmm) kind=VMM scenario=HyperVReplica2012R2 policy='"recoveryPoints":24,"replicationFrequencyInSeconds":300' ;;
  vmware) kind=VMware scenario=InMage policy='"recoveryPointHistory":1440,"appConsistentFrequencyInMinutes":0,"multiVmSyncStatus":"Enable"' ;;
  *) echo 'say which kind of sites: vmm or vmware' >&2; exit 2 ;;
esac

make_vault westeurope

put "$vault/replicationPolicies/between-sites" '{"properties":{"providerSpecificInput":{"instanceType":"'$scenario'",'"$policy"'}}}'
echo 'policy between-sites'

for site in home away; do
  put "$vault/replicationFabrics/$site" '{"properties":{"customDetails":{"instanceType":"'$kind'"}}}'
  echo "site $site"
done

home=$vault/replicationFabrics/home/replicationProtectionContainers/$(container_of "$vault/replicationFabrics/home")
away=$vault/replicationFabrics/away/replicationProtectionContainers/$(container_of "$vault/replicationFabrics/away")
put "$home/replicationProtectionContainerMappings/to-away" '{"properties":{
  "policyId":"'"$vault"'/replicationPolicies/between-sites","targetProtectionContainerId":"'"$away"'",
  "providerSpecificInput":{"instanceType":"'$scenario'"}}}'
echo 'home is mapped to away'

for site in home away; do
  print_token "$vault/replicationFabrics/$site" "$site-token"
done
