import type { Machine } from '../../contracts/compute/target-machine';
import { LifeboatError } from '../../errors';
import type { AgentInstallation, SourceMachines } from '../../ports/compute/source-machines';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor } from './arm-refusals';
import type { MachineReader } from './machine-reader';
import type { MadeResources } from './made-resources';

const extensionName = 'lifeboat-agent';

export interface ArmSourceMachinesOptions {
  readonly clients: ArmClients;
  readonly reader: MachineReader;
  readonly made: MadeResources;
}

/** Machines of a subscription of Azure that are, or were, protected. */
export class ArmSourceMachines implements SourceMachines {
  constructor(private readonly options: ArmSourceMachinesOptions) {}

  async read(machineId: string): Promise<Machine | undefined> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    const machine = await askingFor(virtualMachines.get(group, name));
    return machine && this.options.reader.describe(machineId, machine);
  }

  async installAgent({ machineId, version, settings, protectedSettings }: AgentInstallation): Promise<void> {
    const { clients } = this.options;
    const { subscription, group, name } = parseArmId(machineId);
    const machine = await this.read(machineId);
    if (machine === undefined) throw new LifeboatError('TargetResourceMissing', `There is no ${machineId}.`);
    const { virtualMachineExtensions } = clients.compute(subscription);
    await asking(
      virtualMachineExtensions.beginCreateOrUpdateAndWait(
        group,
        name,
        extensionName,
        {
          location: machine.location,
          publisher: 'Lifeboat',
          typePropertiesType: `Agent${machine.operatingSystem}`,
          typeHandlerVersion: version,
          autoUpgradeMinorVersion: false,
          settings,
          protectedSettings,
        },
        clients.polling,
      ),
    );
  }

  async removeAgent(machineId: string): Promise<void> {
    const { clients } = this.options;
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachineExtensions } = clients.compute(subscription);
    await askingFor(virtualMachineExtensions.beginDeleteAndWait(group, name, extensionName, clients.polling));
  }

  async start(machineId: string): Promise<void> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    await asking(virtualMachines.beginStartAndWait(group, name, this.options.clients.polling));
  }

  async stop(machineId: string): Promise<'stopped' | 'missing'> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    if ((await askingFor(virtualMachines.get(group, name))) === undefined) return 'missing';
    await asking(virtualMachines.beginDeallocateAndWait(group, name, this.options.clients.polling));
    return 'stopped';
  }

  async remove(machineId: string, { withDisks }: { readonly withDisks: boolean }): Promise<void> {
    const machine = await this.read(machineId);
    await this.options.made.removeById(machineId);
    for (const { id } of machine?.nics ?? []) await this.options.made.removeById(id);
    if (!withDisks) return;
    for (const { id } of machine?.disks ?? []) await this.options.made.removeById(id);
  }
}
