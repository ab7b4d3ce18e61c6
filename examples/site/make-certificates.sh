#!/bin/sh
# Makes an authority for a site in a folder, and a certificate and key for each agent that is named: `agent`, or `agent=host`
# with the address that others call it by. Keep authority.key where only you can read it. Needs only openssl.
set -eu
folder=${1:?a folder, and the names of agents}
shift
umask 077
mkdir -p "$folder"
extensions=$(mktemp)
trap 'rm -f "$extensions"' EXIT

if [ ! -f "$folder/authority.key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=authority of a site" \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$folder/authority.key" -out "$folder/authority.pem" 2>/dev/null
fi

for each in "$@"; do
  name=${each%%=*} host=127.0.0.1
  [ "$name" = "$each" ] || host=${each#*=}
  case $host in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
  printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'extendedKeyUsage=serverAuth,clientAuth' "subjectAltName=$kind:$host" >"$extensions"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$folder/$name.key" 2>/dev/null |
    openssl x509 -req -days 825 -CA "$folder/authority.pem" -CAkey "$folder/authority.key" -CAcreateserial \
      -extfile "$extensions" -out "$folder/$name.pem" 2>/dev/null
  echo "$folder/$name.pem for $host"
done
