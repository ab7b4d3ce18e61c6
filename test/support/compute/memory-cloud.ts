import { isOwnedBy, tagsOf, type Owner, type OwnerFilter } from '../../../shared/contracts/compute/owner';
import type {
  AttachedDisk,
  BootVerdict,
  Machine,
  MachineNic,
  MadeResource,
  TargetPlace,
} from '../../../shared/contracts/compute/target-machine';
import { LifeboatError, type ErrorCode } from '../../../shared/errors';
import { type MemoryNetwork } from './memory-network';

export interface MemoryDisk {
  readonly id: string;
  readonly name: string;
  readonly isOperatingSystem: boolean;
  /** The very bytes: a test may write here as a guest would. */
  readonly content: Buffer;
  readonly tags: Readonly<Record<string, string>>;
}

export interface MemoryMachine {
  machine: Machine;
  isRunning: boolean;
  extension?: { readonly version: string; readonly settings: Readonly<Record<string, unknown>> };
  readonly tags: Readonly<Record<string, string>>;
}

/** What a test puts there as the machine to protect. */
export interface SourceMachine {
  readonly id: string;
  readonly location: string;
  readonly disks: readonly { readonly name: string; readonly content: Buffer }[];
  readonly nics?: readonly MachineNic[];
}

/** A cloud in memory: what TargetMachines and its sisters of memory-compute share. */
export class MemoryCloud {
  readonly groups = new Map<
    string,
    { readonly id: string; readonly tags: Readonly<Record<string, string>> }
  >();
  readonly networks = new Map<string, MemoryNetwork>();
  readonly availabilitySets = new Map<
    string,
    {
      readonly id: string;
      readonly name: string;
      readonly location: string;
      readonly tags: Record<string, string>;
    }
  >();
  readonly disks = new Map<string, MemoryDisk>();
  readonly machines = new Map<string, MemoryMachine>();
  readonly quotas = new Map([
    ['cores', 10_000],
    ['virtualMachines', 10_000],
  ]);
  /** Every call in order, so that a test can see what was asked for. */
  readonly calls: string[] = [];
  bootVerdict: (machine: Machine) => BootVerdict = () => 'booted';
  readonly #failures: { readonly call: string; readonly code: ErrorCode; readonly afterEffect: boolean }[] =
    [];

  /** The next call of this name refuses, before its effect or (the answer is lost) after it. */
  failNext(call: string, code: ErrorCode = 'TargetUnavailable', afterEffect = false): void {
    this.#failures.push({ call, code, afterEffect });
  }

  async run<T>(call: string, effect: () => T | Promise<T>): Promise<T> {
    this.calls.push(call);
    const index = this.#failures.findIndex((failure) => failure.call === call);
    const [failure] = index < 0 ? [] : this.#failures.splice(index, 1);
    if (failure?.afterEffect === true) await effect();
    if (failure !== undefined) throw new LifeboatError(failure.code, `${call} failed as a test wanted.`);
    return effect();
  }

  addSource({ id, location, disks, nics = [] }: SourceMachine): Machine {
    const group = id.split('/').slice(0, 5).join('/');
    this.groups.set(key(group), { id: group, tags: {} });
    const attached = disks.map(({ name, content }, index): AttachedDisk => {
      const disk = { id: `${group}/providers/Microsoft.Compute/disks/${name}`, name };
      const isOperatingSystem = index === 0;
      this.disks.set(key(disk.id), { ...disk, isOperatingSystem, content, tags: {} });
      return { ...disk, isOperatingSystem, sizeBytes: content.length };
    });
    const machine: Machine = {
      id,
      name: id.split('/').at(-1) ?? id,
      location,
      size: 'Standard_B2s',
      operatingSystem: 'Linux',
      disks: attached,
      nics: [...nics],
    };
    this.machines.set(key(id), { machine, isRunning: true, tags: {} });
    return machine;
  }

  /** The bytes of a disk as its machine sees them; writing to them is what a guest does. */
  content(diskId: string): Buffer {
    return this.must(this.disks, diskId).content;
  }

  must<T>(things: ReadonlyMap<string, T>, id: string): T {
    const thing = things.get(key(id));
    if (thing === undefined) throw new LifeboatError('TargetResourceMissing', `There is no ${id}.`);
    return thing;
  }

  /** The id of a thing to be made in a group, which must be there. */
  idIn(place: TargetPlace, type: string, name: string): string {
    this.must(this.groups, place.resourceGroupId);
    return `${place.resourceGroupId}/providers/${type}/${name}`;
  }

  /** Refuses if what is there under this name was made by somebody else. */
  checkOwn(there: { readonly tags: Readonly<Record<string, string>> }, owner: Owner, id: string): void {
    if (isOwnedBy(there.tags, owner)) return;
    throw new LifeboatError('TargetNameTaken', `${id} is there and was made by somebody else.`);
  }

  tags(owner: Owner): Record<string, string> {
    return tagsOf(owner);
  }

  made(owner: OwnerFilter): MadeResource[] {
    const all: (MadeResource & { readonly tags: Readonly<Record<string, string>> })[] = [
      ...[...this.machines.values()].flatMap(({ machine, tags }) => [
        { id: machine.id, type: 'Microsoft.Compute/virtualMachines', tags },
        ...machine.nics.map(({ id }) => ({ id, type: 'Microsoft.Network/networkInterfaces', tags })),
      ]),
      ...[...this.disks.values()].map(({ id, tags }) => ({ id, type: 'Microsoft.Compute/disks', tags })),
      ...[...this.availabilitySets.values()].map(({ id, tags }) => ({
        id,
        type: 'Microsoft.Compute/availabilitySets',
        tags,
      })),
      ...[...this.networks.values()].map(({ network, tags }) => ({
        id: network.id,
        type: 'Microsoft.Network/virtualNetworks',
        tags,
      })),
      ...[...this.groups.values()].map(({ id, tags }) => ({
        id,
        type: 'Microsoft.Resources/resourceGroups',
        tags,
      })),
    ];
    return all.filter(({ tags }) => isOwnedBy(tags, owner)).map(({ id, type }) => ({ id, type }));
  }

  removeMachine(machineId: string): void {
    const found = this.machines.get(key(machineId));
    for (const { networkId, address, moreAddresses = [] } of found?.machine.nics ?? []) {
      for (const each of [address, ...moreAddresses]) this.networks.get(key(networkId))?.give(each);
    }
    this.machines.delete(key(machineId));
  }

  isDiskInUse(diskId: string): boolean {
    return [...this.machines.values()].some(({ machine }) =>
      machine.disks.some(({ id }) => key(id) === key(diskId)),
    );
  }
}

export function key(id: string): string {
  return id.toLowerCase();
}
