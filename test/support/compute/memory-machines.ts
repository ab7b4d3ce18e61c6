import { isOwnedBy, type OwnerFilter } from '../../../shared/contracts/compute/owner';
import {
  MachineRequest,
  type DiskRequest,
  type Machine,
  type MachineLook,
  type MadeResource,
  type TargetDisk,
  type TargetPlace,
} from '../../../shared/contracts/compute/target-machine';
import { LifeboatError } from '../../../shared/errors';
import type { TargetMachines } from '../../../shared/ports/compute/target-machines';
import type { ReplicaDisks } from '../../../shared/ports/replica-disks';
import { key, type MemoryCloud } from './memory-cloud';

type MadeNic = ReturnType<typeof MachineRequest.parse>['nics'][number];

/** Machines in memory. Their disks hold real bytes, read from the replica disks when they are made. */
export class MemoryMachines implements TargetMachines {
  constructor(
    private readonly cloud: MemoryCloud,
    private readonly replicas: ReplicaDisks,
  ) {}

  makeDisk(request: DiskRequest): Promise<TargetDisk> {
    return this.cloud.run('makeDisk', async () => {
      const id = this.cloud.idIn(request.place, 'Microsoft.Compute/disks', request.name);
      const there = this.cloud.disks.get(key(id));
      if (there !== undefined) {
        this.cloud.checkOwn(there, request.owner, id);
        return described(id, request.name, there.content.length);
      }
      const content = await this.#read(request.replicaId, request.sizeBytes);
      const { name, isOperatingSystem } = request;
      this.cloud.disks.set(key(id), {
        ...{ id, name, isOperatingSystem, content },
        tags: this.cloud.tags(request.owner),
      });
      return described(id, name, content.length);
    });
  }

  async disk(diskId: string): Promise<TargetDisk | undefined> {
    const disk = this.cloud.disks.get(key(diskId));
    return disk && described(disk.id, disk.name, disk.content.length);
  }

  makeMachine(request: MachineRequest): Promise<string> {
    return this.cloud.run('makeMachine', () => {
      const wanted = MachineRequest.parse(request);
      const id = this.cloud.idIn(wanted.place, 'Microsoft.Compute/virtualMachines', wanted.name);
      const there = this.cloud.machines.get(key(id));
      if (there !== undefined) {
        this.cloud.checkOwn(there, wanted.owner, id);
        return id;
      }
      const limit = this.cloud.quotas.get('virtualMachines') ?? 0;
      if (this.cloud.machines.size >= limit) {
        throw new LifeboatError('TargetQuotaExceeded', `The region gives ${limit} machines.`);
      }
      const machine = this.#machine(id, wanted);
      this.cloud.machines.set(key(id), { machine, isRunning: true, tags: this.cloud.tags(wanted.owner) });
      return id;
    });
  }

  start(machineId: string): Promise<void> {
    return this.cloud.run('start', () => {
      this.cloud.must(this.cloud.machines, machineId).isRunning = true;
    });
  }

  stop(machineId: string): Promise<void> {
    return this.cloud.run('stop', () => {
      const found = this.cloud.machines.get(key(machineId));
      if (found !== undefined) found.isRunning = false;
    });
  }

  look(machineId: string): Promise<MachineLook | undefined> {
    return this.cloud.run('look', () => {
      const found = this.cloud.machines.get(key(machineId));
      if (found === undefined) return undefined;
      const { machine, isRunning } = found;
      const boot = isRunning ? this.cloud.bootVerdict(machine) : 'notBooted';
      const consoleTail = boot === 'booted' ? `${machine.name} login: ` : '';
      return { power: isRunning ? 'running' : 'stopped', boot, consoleTail, machine };
    });
  }

  async made(owner: OwnerFilter): Promise<readonly MadeResource[]> {
    return this.cloud.made(owner);
  }

  remove(owner: OwnerFilter): Promise<readonly MadeResource[]> {
    return this.cloud.run('remove', () => {
      const { machines, disks, networks, availabilitySets, groups } = this.cloud;
      for (const { machine, tags } of machines.values()) {
        if (isOwnedBy(tags, owner)) this.cloud.removeMachine(machine.id);
      }
      for (const [id, { tags }] of disks) {
        if (isOwnedBy(tags, owner) && !this.cloud.isDiskInUse(id)) disks.delete(id);
      }
      for (const things of [networks, availabilitySets]) {
        for (const [id, { tags }] of things) if (isOwnedBy(tags, owner)) things.delete(id);
      }
      for (const [id, { tags }] of groups) {
        if (isOwnedBy(tags, owner) && !this.#holdsSomething(id)) groups.delete(id);
      }
      return this.cloud.made(owner).filter(({ type }) => type !== 'Microsoft.Resources/resourceGroups');
    });
  }

  #machine(id: string, wanted: ReturnType<typeof MachineRequest.parse>): Machine {
    const { availabilitySetId, place, name, size, operatingSystem } = wanted;
    if (availabilitySetId !== undefined) this.cloud.must(this.cloud.availabilitySets, availabilitySetId);
    const disks = wanted.diskIds.map((diskId, index) => {
      const disk = this.cloud.must(this.cloud.disks, diskId);
      if (this.cloud.isDiskInUse(diskId)) throw new LifeboatError('TargetRefused', `${diskId} is in use.`);
      const sizeBytes = disk.content.length;
      return { id: disk.id, name: disk.name, isOperatingSystem: index === 0, sizeBytes };
    });
    const nics = wanted.nics.map((nic, index) => {
      const network = this.cloud.must(this.cloud.networks, nic.networkId);
      const subnet = network.subnet(nic.subnet).name;
      const [address = '', ...moreAddresses] = [nic, ...nic.moreAddresses].map(({ address: wanted }) => {
        const given = network.free(subnet, wanted);
        network.take(given);
        return given;
      });
      const nicId = this.#cardId(place, `${name}-nic${index}`, nic.card);
      const more = moreAddresses.length > 0 ? { moreAddresses } : {};
      const poolIds = [nic, ...nic.moreAddresses].flatMap((each) => each.poolIds);
      const pools = poolIds.length > 0 ? { poolIds } : {};
      const shown = { id: nicId, networkId: network.network.id, subnet, address, ...more, ...pools };
      return nic.publicAddress ? { ...shown, publicAddress: `203.0.113.${index + 1}` } : shown;
    });
    const { location, zone } = place;
    const optional = { ...(zone && { zone }), ...(availabilitySetId && { availabilitySetId }) };
    return { id, name, location, size, operatingSystem, disks, nics, ...optional };
  }

  #cardId(place: TargetPlace, name: string, card: MadeNic['card']): string {
    const group = `${place.resourceGroupId.split('/').slice(0, 4).join('/')}/${card?.group ?? ''}`;
    const at = card?.group === undefined ? place : { ...place, resourceGroupId: group };
    const id = this.cloud.idIn(at, 'Microsoft.Network/networkInterfaces', card?.name ?? name);
    const isTaken = [...this.cloud.machines.values()].some(({ machine }) =>
      machine.nics.some((nic) => key(nic.id) === key(id)),
    );
    if (!isTaken) return id;
    if (card?.mayExist === true) return this.#cardId(place, name, undefined);
    throw new LifeboatError('TargetNameTaken', `${id} was made by somebody else.`);
  }

  async #read(replicaId: string, sizeBytes: number): Promise<Buffer> {
    const content = Buffer.alloc(sizeBytes);
    const replica = this.replicas.open(replicaId);
    for (const range of await this.replicas.writtenRanges(replicaId)) {
      const lengthBytes = Math.min(range.lengthBytes, sizeBytes - range.offsetBytes);
      if (lengthBytes <= 0) continue;
      const { data } = await replica.read({ offsetBytes: range.offsetBytes, lengthBytes });
      content.set(data, range.offsetBytes);
    }
    return content;
  }

  #holdsSomething(groupId: string): boolean {
    const { machines, disks, networks, availabilitySets } = this.cloud;
    return [machines, disks, networks, availabilitySets].some((things) =>
      [...things.keys()].some((id) => id.startsWith(`${groupId}/`)),
    );
  }
}

function described(id: string, name: string, sizeBytes: number): TargetDisk {
  return { id, name, sizeBytes, isWhole: true };
}
