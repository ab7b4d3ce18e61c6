import type { ReportedMachine, ReportedNetwork } from '../../../shared/contracts/agent/report';
import type { Hypervisor, NewMachine, StartedMachine } from './hypervisor';
import { type MachineFile, type MachineFolder, reported, sizeOfDisk } from './machine-folder';

const notBooted: StartedMachine = { boot: 'notBooted', consoleTail: '' };

/**
 * Machines that are files alone: they are made, started and stopped on paper, on disks that are real. For trying a site out where
 * nothing runs machines; what it starts is never said to have booted.
 */
export class PaperHypervisor implements Hypervisor {
  constructor(private readonly folder: MachineFolder) {}

  async machines(): Promise<readonly ReportedMachine[]> {
    return (await this.folder.all()).map(reported);
  }

  networks(): Promise<readonly ReportedNetwork[]> {
    return this.folder.networks();
  }

  async create(machine: NewMachine): Promise<StartedMachine> {
    const known = await this.folder.find(machine.machineId);
    return this.#turnOn(known ?? { ...machine, powerState: 'stopped', nics: [] });
  }

  async start(machineId: string): Promise<StartedMachine> {
    return this.#turnOn(await this.folder.expect(machineId));
  }

  async shutDown(machineId: string): Promise<void> {
    await this.folder.keep({ ...(await this.folder.expect(machineId)), powerState: 'stopped' });
  }

  async delete(machineId: string): Promise<void> {
    await this.folder.forget(machineId);
  }

  async #turnOn(machine: MachineFile): Promise<StartedMachine> {
    const gone = machine.disks.find(({ path }) => sizeOfDisk(path) === undefined);
    if (gone !== undefined) throw new Error(`the disk ${gone.diskId} is not at ${gone.path}`);
    await this.folder.keep({ ...machine, powerState: 'running' });
    return notBooted;
  }
}
