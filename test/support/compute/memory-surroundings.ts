import type { Machine, TargetPlace } from '../../../shared/contracts/compute/target-machine';
import type { Owner } from '../../../shared/contracts/compute/owner';
import type { NetworkRequest } from '../../../shared/contracts/compute/target-place';
import type { AgentInstallation, SourceMachines } from '../../../shared/ports/compute/source-machines';
import type { TargetCatalog } from '../../../shared/ports/compute/target-catalog';
import type { TargetPlaces } from '../../../shared/ports/compute/target-places';
import { key, type MemoryCloud } from './memory-cloud';
import { MemoryNetwork } from './memory-network';

export class MemoryPlaces implements TargetPlaces {
  constructor(private readonly cloud: MemoryCloud) {}

  ensureGroup({ resourceGroupId }: TargetPlace, owner: Owner): Promise<void> {
    return this.cloud.run('ensureGroup', () => {
      if (this.cloud.groups.has(key(resourceGroupId))) return;
      this.cloud.groups.set(key(resourceGroupId), { id: resourceGroupId, tags: this.cloud.tags(owner) });
    });
  }

  ensureNetwork({ owner, place, name, addressSpace, subnets }: NetworkRequest): Promise<string> {
    return this.cloud.run('ensureNetwork', () => {
      const id = this.cloud.idIn(place, 'Microsoft.Network/virtualNetworks', name);
      if (this.cloud.networks.has(key(id))) return id;
      const network = { id, name, location: place.location, addressSpace, subnets };
      this.cloud.networks.set(key(id), new MemoryNetwork(network, this.cloud.tags(owner)));
      return id;
    });
  }

  ensureAvailabilitySet(place: TargetPlace, name: string, owner: Owner): Promise<string> {
    return this.cloud.run('ensureAvailabilitySet', () => {
      const id = this.cloud.idIn(place, 'Microsoft.Compute/availabilitySets', name);
      if (this.cloud.availabilitySets.has(key(id))) return id;
      const set = { id, name, location: place.location, tags: this.cloud.tags(owner) };
      this.cloud.availabilitySets.set(key(id), set);
      return id;
    });
  }
}

export class MemoryCatalog implements TargetCatalog {
  constructor(private readonly cloud: MemoryCloud) {}

  async networks(subscriptionId: string): ReturnType<TargetCatalog['networks']> {
    const prefix = key(`/subscriptions/${subscriptionId}/`);
    return [...this.cloud.networks.values()]
      .map(({ network }) => network)
      .filter(({ id }) => key(id).startsWith(prefix));
  }

  async network(networkId: string): ReturnType<TargetCatalog['network']> {
    return this.cloud.networks.get(key(networkId))?.network;
  }

  async sizes(): ReturnType<TargetCatalog['sizes']> {
    return [
      { name: 'Standard_B2s', cores: 2, memoryInMb: 4096, maxDataDisks: 4 },
      { name: 'Standard_D8s_v3', cores: 8, memoryInMb: 32_768, maxDataDisks: 16 },
    ];
  }

  async availabilitySets(resourceGroupId: string): ReturnType<TargetCatalog['availabilitySets']> {
    return [...this.cloud.availabilitySets.values()]
      .filter(({ id }) => key(id).startsWith(`${key(resourceGroupId)}/`))
      .map(({ id, name, location }) => ({ id, name, location }));
  }

  async quotas(): ReturnType<TargetCatalog['quotas']> {
    const used = this.cloud.machines.size;
    return [...this.cloud.quotas].map(([name, limit]) => ({ name, limit, used }));
  }

  async freeAddress(networkId: string, subnet: string, wanted?: string): Promise<string> {
    return this.cloud.must(this.cloud.networks, networkId).free(subnet, wanted);
  }
}

export class MemorySources implements SourceMachines {
  constructor(private readonly cloud: MemoryCloud) {}

  async read(machineId: string): Promise<Machine | undefined> {
    return this.cloud.machines.get(key(machineId))?.machine;
  }

  installAgent({ machineId, version, settings }: AgentInstallation): Promise<void> {
    return this.cloud.run('installAgent', () => {
      this.cloud.must(this.cloud.machines, machineId).extension = { version, settings };
    });
  }

  removeAgent(machineId: string): Promise<void> {
    return this.cloud.run('removeAgent', () => {
      delete this.cloud.machines.get(key(machineId))?.extension;
    });
  }

  start(machineId: string): Promise<void> {
    return this.cloud.run('startSource', () => {
      this.cloud.must(this.cloud.machines, machineId).isRunning = true;
    });
  }

  stop(machineId: string): Promise<'stopped' | 'missing'> {
    return this.cloud.run('stopSource', () => {
      const found = this.cloud.machines.get(key(machineId));
      if (found !== undefined) found.isRunning = false;
      return found === undefined ? 'missing' : 'stopped';
    });
  }

  remove(machineId: string, { withDisks }: { readonly withDisks: boolean }): Promise<void> {
    return this.cloud.run('removeSource', () => {
      const disks = this.cloud.machines.get(key(machineId))?.machine.disks ?? [];
      this.cloud.removeMachine(machineId);
      if (withDisks) for (const { id } of disks) this.cloud.disks.delete(key(id));
    });
  }
}
