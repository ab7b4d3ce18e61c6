#!/bin/sh
# Makes an authority for sites in a folder, and a certificate and key for each agent that is named: `agent`, or `agent=host`
# with the address that others call it by. Keep authority.key where only you can read it. Needs only openssl.
set -eu
folder=${1:?say a folder, and the names of agents}
shift
umask 077
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What openssl says is of interest only when it fails.
quietly() {
  "$@" 2>"$work/notes" || { cat "$work/notes" >&2; exit 1; }
}

if [ ! -f "$folder/authority.key" ]; then
  quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=authority of the sites' \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$folder/authority.key" -out "$folder/authority.pem"
fi

for each in "$@"; do
  name=${each%%=*} host=127.0.0.1
  [ "$name" = "$each" ] || host=${each#*=}
  case $host in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
  printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'extendedKeyUsage=serverAuth,clientAuth' "subjectAltName=$kind:$host" \
    >"$work/extensions"
  quietly openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
    -keyout "$folder/$name.key" -out "$work/request"
  quietly openssl x509 -req -days 825 -in "$work/request" -CA "$folder/authority.pem" -CAkey "$folder/authority.key" \
    -CAcreateserial -extfile "$work/extensions" -out "$folder/$name.pem"
  echo "$folder/$name.pem for $host"
done
