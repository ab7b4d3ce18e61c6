# What the scripts beside this one share: who is called, how the job behind a PUT is waited for, and what every site needs. Needs only curl.
: "${LIFEBOAT_ENDPOINT:?see examples/README.md}" "${LIFEBOAT_TOKEN:?see examples/README.md}"
subscription=${LIFEBOAT_SUBSCRIPTION:-00000000-0000-0000-0000-000000000000}
vault=/subscriptions/$subscription/resourceGroups/${LIFEBOAT_GROUP:-rescue}/providers/Microsoft.RecoveryServices/vaults/${LIFEBOAT_VAULT:-harbour}
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT

# One call. The address may be whole, as the service gives it, or a path.
call() {
  method=$1 address=$2
  shift 2
  case $address in
    https://*) ;;
    *) address="$LIFEBOAT_ENDPOINT$address?api-version=2023-06-01" ;;
  esac
  curl --silent --show-error --fail-with-body ${LIFEBOAT_CA:+--cacert "$LIFEBOAT_CA"} --dump-header "$headers" \
    --request "$method" --header "Authorization: Bearer $LIFEBOAT_TOKEN" --header 'Content-Type: application/json' \
    "$address" "$@"
}

# A PUT, and the wait for the job it started.
put() {
  call PUT "$1" --data "$2" >/dev/null
  operation=$(sed -n 's/^azure-asyncoperation: *//Ip' "$headers" | tr -d '\r')
  [ -n "$operation" ] || return 0
  tries=0
  while [ $tries -lt 120 ]; do
    case $(call GET "$operation") in
      *'"status":"Succeeded"'*) return 0 ;;
      *'"status":"Failed"'* | *'"status":"Canceled"'*) echo "the job did not succeed: $operation" >&2; return 4 ;;
    esac
    tries=$((tries + 1))
    sleep 1
  done
  echo "the job still runs: $operation" >&2
  return 5
}

# The vault that all is made in: make_vault <region>
make_vault() {
  put "$vault" '{"location":"'"$1"'","sku":{"name":"Standard"},"properties":{}}'
  echo "vault ${vault##*/}"
}

# The container that came with a site: container_of <site>
container_of() {
  call GET "$1/replicationProtectionContainers" |
    sed -n 's|.*/replicationProtectionContainers/\([^"/]*\)".*|\1|p' | head -n 1
}

# That container is mapped to Azure, by the policy every-five-minutes: map_to_azure <site> <instance type>
map_to_azure() {
  container=$(container_of "$1")
  put "$1/replicationProtectionContainers/$container/replicationProtectionContainerMappings/to-azure" '{"properties":{
    "policyId":"'"$vault"'/replicationPolicies/every-five-minutes","targetProtectionContainerId":"Microsoft Azure",
    "providerSpecificInput":{"instanceType":"'"$2"'"}}}'
  echo "container $container is mapped to Microsoft Azure"
}

# With it one agent may register, once: print_token <fabric> [<what to call it>]
print_token() {
  token=$(call POST "$1/createRegistrationToken" --data '{}' | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
  echo "${2:-token} $token"
}
