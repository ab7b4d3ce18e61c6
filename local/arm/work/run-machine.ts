import type { RoomDisk } from '../machines/room';
import type { Resource } from '../data/resource';
import { findResource, mustFind, putResource } from '../data/resources';
import { Failure } from '../failure';
import { diskInner } from '../kinds/disks';
import { disksOf, machineInner, machineProperties, type Power } from '../kinds/machine-properties';
import type { Cloud } from './cloud';

/** Starts a machine as it is meant to run; where nothing boots, its disks are hashed instead. */
export async function bootMachine(cloud: Cloud, machine: Resource): Promise<void> {
  if (machineInner(machine).power !== 'running') return;
  const disks = roomDisks(cloud, machine);
  const digests: Record<string, string> = {};
  if (!cloud.room.boots) {
    for (const { id, disk, backing } of disks) digests[id] = await cloud.shelf.digest(disk, backing);
  }
  await cloud.room.start(roomName(machine), disks);
  await setInner(cloud, machine, { power: 'running', ...(!cloud.room.boots && { digests }) });
}

/** After a restart of this server, as after one of its host. */
export function startAgain(cloud: Cloud, machine: Resource): Promise<void> {
  return cloud.room.start(roomName(machine), roomDisks(cloud, machine));
}

/** What is asked for is kept first: a crash on the way ends in it too. */
export async function settlePower(cloud: Cloud, machine: Resource, verb: string): Promise<void> {
  const name = roomName(machine);
  if (verb === 'restart') await cloud.room.stop(name);
  if (verb === 'start' || verb === 'restart') {
    await setInner(cloud, machine, { power: 'running' });
    await cloud.room.start(name, roomDisks(cloud, machine));
    return;
  }
  const power: Power = verb === 'deallocate' ? 'deallocated' : 'stopped';
  await setInner(cloud, machine, { power });
  await cloud.room.stop(name);
}

export function roomName(machine: Resource): string {
  return String(machine.properties['vmId']);
}

function roomDisks({ store }: Cloud, machine: Resource): (RoomDisk & { readonly id: string })[] {
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
