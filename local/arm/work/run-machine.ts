import type { Backing } from '../disks/shelf';
import type { RoomDisk } from '../machines/room';
import type { Resource } from '../data/resource';
import { findResource, mustFind, putResource } from '../data/resources';
import { Failure } from '../failure';
import { diskInner, standing } from '../kinds/disks';
import { disksOf, machineInner, machineProperties, type Power } from '../kinds/machine-properties';
import type { Cloud } from './cloud';

/** Starts a new machine; where it cannot boot, its disks are hashed instead. */
export async function bootMachine(cloud: Cloud, machine: Resource): Promise<void> {
  if (machineInner(machine).power !== 'running') return;
  const disks = await run(cloud, machine);
  if (await cloud.room.canBoot(disks)) return;
  const digests: Record<string, string> = {};
  for (const { id, disk, backing } of disks) digests[id] = await cloud.shelf.digest(disk, backing);
  await setInner(cloud, machine, { digests });
}

/** Starts a machine. Where nothing boots there is nobody to bring its disks here little by little: they are made whole first. */
export async function run(cloud: Cloud, machine: Resource): Promise<readonly NamedDisk[]> {
  let disks = roomDisks(cloud, machine);
  if (!(await cloud.room.canBoot(disks))) {
    for (const { id, disk, backing } of disks) {
      if (backing.kind === 'blob') await makeWhole(cloud, { id, disk, backing });
    }
    disks = roomDisks(cloud, machine);
  }
  await cloud.room.start(roomName(machine), disks);
  return disks;
}

/** Makes a raw file of a disk that nobody writes. */
export async function makeWhole({ shelf, store }: Cloud, { id, disk, backing }: NamedDisk): Promise<Backing> {
  const made = await shelf.materialise(disk, backing);
  await store.write((database) => {
    const now = findResource(database, id);
    if (now !== undefined) putResource(database, standing(now, made));
  });
  return made;
}

/** What is asked for is kept first: a crash on the way ends in it too. */
export async function settlePower(cloud: Cloud, machine: Resource, verb: string): Promise<void> {
  const name = roomName(machine);
  if (verb === 'restart') await cloud.room.stop(name);
  if (verb === 'start' || verb === 'restart') {
    await setInner(cloud, machine, { power: 'running' });
    await run(cloud, machine);
    return;
  }
  const power: Power = verb === 'deallocate' ? 'deallocated' : 'stopped';
  await setInner(cloud, machine, { power });
  await cloud.room.stop(name);
}

type NamedDisk = RoomDisk & { readonly id: string };

export function roomName(machine: Resource): string {
  return String(machine.properties['vmId']);
}

function roomDisks({ store }: Cloud, machine: Resource): NamedDisk[] {
  return disksOf(machineProperties(machine)).map((id) => {
    const { disk, backing } = diskInner(store.read((database) => mustFind(database, id)));
    if (backing === undefined) throw new Failure(409, 'OperationNotAllowed', `Disk ${id} is not ready.`);
    return { id, disk, backing };
  });
}

async function setInner({ store }: Cloud, machine: Resource, inner: object): Promise<void> {
  await store.write((database) => {
    const now = findResource(database, machine.id);
    if (now !== undefined) putResource(database, { ...now, inner: { ...now.inner, ...inner } });
  });
}
