import type { VirtualMachine } from '@azure/arm-compute';
import type { AttachedDisk, Machine, MachineNic } from '../../contracts/compute/target-machine';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { askingFor } from './arm-refusals';
import type { NetworkCards } from './network-cards';

const gigabyte = 1024 ** 3;

/** Puts together what Resource Manager keeps apart: a machine, its disks and its cards. */
export class MachineReader {
  constructor(
    private readonly clients: ArmClients,
    private readonly cards: NetworkCards,
  ) {}

  async describe(machineId: string, machine: VirtualMachine): Promise<Machine> {
    const [disks, nics] = await Promise.all([this.#disks(machine), this.#nics(machine)]);
    const zone = machine.zones?.[0];
    const availabilitySetId = machine.availabilitySet?.id;
    return {
      id: machine.id ?? machineId,
      name: machine.name ?? parseArmId(machineId).name,
      location: machine.location,
      ...(zone !== undefined && { zone }),
      size: machine.hardwareProfile?.vmSize ?? '',
      operatingSystem: machine.storageProfile?.osDisk?.osType === 'Windows' ? 'Windows' : 'Linux',
      ...(availabilitySetId !== undefined && { availabilitySetId }),
      disks,
      nics,
    };
  }

  async #disks({ storageProfile }: VirtualMachine): Promise<AttachedDisk[]> {
    const ids = [storageProfile?.osDisk, ...(storageProfile?.dataDisks ?? [])].map(
      (disk) => disk?.managedDisk?.id,
    );
    const disks = await Promise.all(ids.map((id, index) => this.#disk(id, index === 0)));
    return disks.filter((disk) => disk !== undefined);
  }

  async #disk(id: string | undefined, isOperatingSystem: boolean): Promise<AttachedDisk | undefined> {
    if (id === undefined) return undefined;
    const { subscription, group, name } = parseArmId(id);
    const { disks } = this.clients.compute(subscription);
    const disk = await askingFor(disks.get(group, name));
    const sizeBytes = disk?.diskSizeBytes ?? (disk?.diskSizeGB ?? 0) * gigabyte;
    return { id: disk?.id ?? id, name, sizeBytes, isOperatingSystem };
  }

  async #nics({ networkProfile }: VirtualMachine): Promise<MachineNic[]> {
    const ids = (networkProfile?.networkInterfaces ?? []).map(({ id }) => id);
    const nics = await Promise.all(
      ids.map(async (id) => (id === undefined ? undefined : this.cards.read(id))),
    );
    return nics.filter((nic) => nic !== undefined);
  }
}
