#!/usr/bin/env bash
# Records what a real ext4 file system writes to its disk while real programs work on it. The disk is an NBD export
# whose server logs every request; the kernel's own ext4 sits on it through a loop device.
# Output: one line per request, in order: "<first sector> <sectors> <kind>", w for a write, d for a discard, z for zeros.
# The line "# tail" stands where the small files, the repository and the database begin.
# Needs root, loop devices, FUSE, nbdkit, nbdfuse (libnbd-bin), sqlite3, git and tar.
# usage: record-ext4.sh <empty folder to work in> > ext4.trace
set -eu
work=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$work/export" "$work/mnt"
nbdkit -U "$work/socket" -P "$work/nbdkit.pid" --filter=log memory 1G logfile="$work/log"
nbdfuse "$work/export" --unix "$work/socket" &
fuse=$!
until [ -e "$work/export/nbd" ]; do sleep 0.1; done
loop=$(losetup -f --show --direct-io=on "$work/export/nbd")
finish() {
  cd /
  umount "$work/mnt" || true
  losetup -d "$loop"
  kill "$fuse"
  wait "$fuse" || true
  kill "$(cat "$work/nbdkit.pid")"
}
trap finish EXIT
mkfs.ext4 -q "$loop"
mount "$loop" "$work/mnt"
sync
begin=$(wc -l < "$work/log")

cd "$work/mnt"
cp -r "$here/node_modules/typescript/lib" sources
sync
tar cf sources.tar sources
head -c 48M /dev/urandom > large
sync
dd if=/dev/urandom of=large bs=1M count=8 seek=12 conv=notrunc status=none
sync
tail=$(wc -l < "$work/log")

for index in $(seq 1 600); do head -c $((index * 37 % 9000 + 100)) /dev/urandom > "small-$index"; done
sync
git init -q repository
cp -r "$here/shared" "$here/docs" repository/
git -C repository add -A
git -C repository -c user.name=trace -c user.email=trace@example.org commit -qm 'Everything'
git -C repository gc -q
sync
sqlite3 db 'pragma journal_mode=wal; create table rows(id integer primary key, body blob);' > /dev/null
for batch in $(seq 1 120); do
  sqlite3 db "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40)
    insert or replace into rows select abs(random()) % 4000, randomblob(700) from n;"
done
rm small-1*
sync
for index in $(seq 1 200); do
  head -c 3000 /dev/urandom > "small-$((index % 80 + 200))"
  [ $((index % 10)) -ne 0 ] || sync
done
sync
cd /
finish
trap - EXIT

awk -v begin="$begin" -v tail="$tail" '
  NR == tail + 1 { print "# tail" }
  NR <= begin || /\.\.\.(Write|Trim|Zero)/ || !match($0, /(Write|Trim|Zero) id=/) { next }
  {
    kind = tolower(substr($0, RSTART, 1)); if (kind == "t") kind = "d"
    match($0, /offset=0x[0-9a-f]+/); offset = strtonum(substr($0, RSTART + 7, RLENGTH - 7))
    match($0, /count=0x[0-9a-f]+/); count = strtonum(substr($0, RSTART + 6, RLENGTH - 6))
    print offset / 512, count / 512, kind
  }' "$work/log"
