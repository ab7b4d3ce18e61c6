import type { Disk, VirtualMachine } from '@azure/arm-compute';
import { isOwnedBy, tagsOf, type Owner, type OwnerFilter } from '../../contracts/compute/owner';
import {
  DiskRequest,
  MachineRequest,
  type MachineLook,
  type MadeResource,
  type TargetDisk,
} from '../../contracts/compute/target-machine';
import { LifeboatError } from '../../errors';
import type { TargetMachines } from '../../ports/compute/target-machines';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor } from './arm-refusals';
import { powerOf, tailOf, verdictOf } from './boot-verdict';
import type { MachineReader } from './machine-reader';
import type { MadeResources } from './made-resources';
import type { NetworkCards } from './network-cards';

export interface ArmTargetMachinesOptions {
  readonly clients: ArmClients;
  readonly cards: NetworkCards;
  readonly reader: MachineReader;
  readonly made: MadeResources;
  /** Where the replica disks are: their address, and the account that a managed disk is imported from. */
  readonly replicas: { readonly urlOf: (replicaId: string) => string; readonly storageAccountId: string };
}

const gigabyte = 1024 ** 3;

/** Machines in a subscription of Azure. */
export class ArmTargetMachines implements TargetMachines {
  constructor(private readonly options: ArmTargetMachinesOptions) {}

  async makeDisk(request: DiskRequest): Promise<TargetDisk> {
    const wanted = DiskRequest.parse(request);
    const { clients, replicas } = this.options;
    const { subscription, group } = parseArmId(wanted.place.resourceGroupId);
    const { disks } = clients.compute(subscription);
    const existing = await askingFor(disks.get(group, wanted.name));
    if (existing !== undefined) checkOwn(existing, wanted.owner);
    if (existing?.provisioningState === 'Succeeded') return described(existing);
    if (existing?.provisioningState === 'Failed') await this.options.made.removeById(existing.id ?? '');
    const { location, zone } = wanted.place;
    const made = await asking(
      disks.beginCreateOrUpdateAndWait(
        group,
        wanted.name,
        {
          location,
          ...(zone !== undefined && { zones: [zone] }),
          tags: tagsOf(wanted.owner),
          ...(wanted.kind !== undefined && { sku: { name: wanted.kind } }),
          ...(wanted.isOperatingSystem && { osType: wanted.operatingSystem }),
          creationData: {
            createOption: 'Import',
            sourceUri: replicas.urlOf(wanted.replicaId),
            storageAccountId: replicas.storageAccountId,
          },
        },
        clients.polling,
      ),
    );
    return described(made);
  }

  async disk(diskId: string): Promise<TargetDisk | undefined> {
    const { subscription, group, name } = parseArmId(diskId);
    const { disks } = this.options.clients.compute(subscription);
    const disk = await askingFor(disks.get(group, name));
    return disk && described(disk);
  }

  async makeMachine(request: MachineRequest): Promise<string> {
    const wanted = MachineRequest.parse(request);
    const { clients, cards, made } = this.options;
    const { owner, place, name } = wanted;
    const { subscription, group } = parseArmId(place.resourceGroupId);
    const { virtualMachines } = clients.compute(subscription);
    const existing = await askingFor(virtualMachines.get(group, name));
    if (existing !== undefined) checkOwn(existing, owner);
    if (existing?.provisioningState === 'Succeeded') return existing.id ?? '';
    if (existing?.provisioningState === 'Failed') await made.removeById(existing.id ?? '');
    const machineId = `${place.resourceGroupId}/providers/Microsoft.Compute/virtualMachines/${name}`;
    const nicIds: string[] = [];
    for (const [index, nic] of wanted.nics.entries()) {
      nicIds.push(await cards.make({ owner, place, machineId, name: `${name}-nic${index}`, nic }));
    }
    const machine = machineBody(wanted, nicIds);
    const { id } = await asking(
      virtualMachines.beginCreateOrUpdateAndWait(group, name, machine, clients.polling),
    );
    return id ?? '';
  }

  async start(machineId: string): Promise<void> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    await asking(virtualMachines.beginStartAndWait(group, name, this.options.clients.polling));
  }

  async stop(machineId: string): Promise<void> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    await askingFor(virtualMachines.beginDeallocateAndWait(group, name, this.options.clients.polling));
  }

  async look(machineId: string): Promise<MachineLook | undefined> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    const found = await askingFor(virtualMachines.get(group, name, { expand: 'instanceView' }));
    if (found === undefined) return undefined;
    const power = powerOf(found.instanceView);
    const console = power === 'running' ? await this.#console(machineId) : '';
    return {
      power,
      boot: power === 'running' ? verdictOf(found.instanceView, console) : 'notBooted',
      consoleTail: tailOf(console),
      machine: await this.options.reader.describe(machineId, found),
    };
  }

  made(owner: OwnerFilter): Promise<readonly MadeResource[]> {
    return this.options.made.list(owner);
  }

  remove(owner: OwnerFilter): Promise<readonly MadeResource[]> {
    return this.options.made.remove(owner);
  }

  /** What the machine wrote to its console; nothing where it cannot be had. */
  async #console(machineId: string): Promise<string> {
    const { subscription, group, name } = parseArmId(machineId);
    const { virtualMachines } = this.options.clients.compute(subscription);
    const data = await askingFor(virtualMachines.retrieveBootDiagnosticsData(group, name));
    const url = data?.serialConsoleLogBlobUri;
    if (url === undefined) return '';
    const response = await fetch(url).catch(() => undefined);
    return response?.ok === true ? response.text() : '';
  }
}

function checkOwn(
  resource: { readonly id?: string; readonly tags?: Record<string, string> },
  owner: Owner,
): void {
  if (isOwnedBy(resource.tags, owner)) return;
  throw new LifeboatError('TargetNameTaken', `${resource.id ?? ''} is there and was made by somebody else.`);
}

function described({
  id = '',
  name = '',
  diskSizeBytes,
  diskSizeGB = 0,
  completionPercent,
}: Disk): TargetDisk {
  const isWhole = completionPercent === undefined || completionPercent >= 100;
  return { id, name, sizeBytes: diskSizeBytes ?? diskSizeGB * gigabyte, isWhole };
}

function machineBody(
  wanted: ReturnType<typeof MachineRequest.parse>,
  nicIds: readonly string[],
): VirtualMachine {
  const { owner, place, size, operatingSystem, availabilitySetId } = wanted;
  const [bootId, ...dataIds] = wanted.diskIds;
  return {
    location: place.location,
    ...(place.zone !== undefined && { zones: [place.zone] }),
    tags: tagsOf(owner),
    hardwareProfile: { vmSize: size },
    storageProfile: {
      osDisk: {
        createOption: 'Attach',
        osType: operatingSystem,
        ...(bootId !== undefined && { managedDisk: { id: bootId } }),
      },
      dataDisks: dataIds.map((id, lun) => ({ lun, createOption: 'Attach', managedDisk: { id } })),
    },
    networkProfile: { networkInterfaces: nicIds.map((id, index) => ({ id, primary: index === 0 })) },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    ...(availabilitySetId !== undefined && { availabilitySet: { id: availabilitySetId } }),
  };
}
