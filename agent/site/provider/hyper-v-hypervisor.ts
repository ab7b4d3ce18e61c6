import { z } from 'zod';
import type { ReportedMachine, ReportedNetwork } from '../../../shared/contracts/agent/report';
import type { Hypervisor, NewMachine, StartedMachine } from './hypervisor';
import { outputOf, type RunCommand } from './run-command';

const Found = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.string(),
  Generation: z.union([z.literal(1), z.literal(2)]).catch(1),
  Memory: z.number().int().nonnegative(),
  Processors: z.number().int().positive(),
  Disks: z.array(z.object({ Path: z.string(), Size: z.number().int() })),
  Adapters: z.array(
    z.object({
      Id: z.string(),
      Switch: z.string().nullable(),
      MacAddress: z.string().nullable(),
      Addresses: z.array(z.string()),
    }),
  ),
});
type Found = z.infer<typeof Found>;

const Switch = z.object({ Id: z.string(), Name: z.string() });

const notBooted: StartedMachine = { boot: 'notBooted', consoleTail: '' };

const listMachines = `@(Get-VM | ForEach-Object { [pscustomobject]@{
  Id = $_.Id.ToString(); Name = $_.Name; State = $_.State.ToString(); Generation = $_.Generation
  Memory = $_.MemoryStartup; Processors = $_.ProcessorCount
  Disks = @(Get-VMHardDiskDrive -VM $_ | ForEach-Object { @{ Path = $_.Path; Size = (Get-VHD -Path $_.Path).Size } })
  Adapters = @(Get-VMNetworkAdapter -VM $_ | ForEach-Object { @{ Id = $_.Id; Switch = $_.SwitchName; MacAddress = $_.MacAddress; Addresses = @($_.IPAddresses) } })
} }) | ConvertTo-Json -Depth 5 -Compress -AsArray`;

const listSwitches = `@(Get-VMSwitch | ForEach-Object { @{ Id = $_.Id.ToString(); Name = $_.Name } }) | ConvertTo-Json -Compress -AsArray`;

/**
 * Hyper-V, by the cmdlets of its PowerShell module (PowerShell 7). Written to their documentation and never run on Windows: its tests
 * hold what it would run.
 */
export class HyperVHypervisor implements Hypervisor {
  constructor(private readonly run: RunCommand) {}

  async machines(): Promise<readonly ReportedMachine[]> {
    return (await this.#found()).map(reportedMachine);
  }

  async networks(): Promise<readonly ReportedNetwork[]> {
    const switches = z.array(Switch).parse(JSON.parse((await this.#script(listSwitches)) || '[]'));
    return switches.map(({ Id, Name }) => ({ networkId: Id, name: Name, subnets: [] }));
  }

  async create(machine: NewMachine): Promise<StartedMachine> {
    const { name, generation, memoryBytes = 1024 ** 3, processorCount = 1, isIsolated } = machine;
    const disks = machine.disks.toSorted((left, right) => Number(right.isBootDisk) - Number(left.isBootDisk));
    const known = await this.#named(machine);
    if (known === undefined) {
      const [first] = disks;
      await this.#script(
        [
          `$vm = New-VM -Name ${quoted(name)} -Generation ${generation} -MemoryStartupBytes ${memoryBytes} -NoVHD`,
          `Set-VM -VM $vm -ProcessorCount ${processorCount} -Notes ${quoted(noteOf(machine.machineId))}`,
          ...disks.map(({ path }) => `Add-VMHardDiskDrive -VM $vm -Path ${quoted(path)}`),
          ...(isIsolated ? ['Get-VMNetworkAdapter -VM $vm | Disconnect-VMNetworkAdapter'] : []),
          ...(generation === '2' && first !== undefined
            ? [`Set-VMFirmware -VM $vm -FirstBootDevice (Get-VMHardDiskDrive -VM $vm)[0]`]
            : []),
        ].join('\n'),
      );
    }
    await this.#script(`${find(machine.machineId)} | Start-VM`);
    return notBooted;
  }

  async start(machineId: string): Promise<StartedMachine> {
    await this.#script(`${find(machineId)} | Start-VM`);
    return notBooted;
  }

  /** Asks the guest; one that cannot be asked, or does not answer, is turned off. */
  async shutDown(machineId: string): Promise<void> {
    await this.#script(
      `$vm = ${find(machineId)}\nStop-VM -VM $vm -Force\nif ((Get-VM -Id $vm.Id).State -ne 'Off') { Stop-VM -VM $vm -TurnOff -Force }`,
    );
  }

  async delete(machineId: string): Promise<void> {
    await this.#script(
      `$vm = ${find(machineId)}\nif ($vm) { Stop-VM -VM $vm -TurnOff -Force; Remove-VM -VM $vm -Force }`,
    );
  }

  async #found(): Promise<readonly Found[]> {
    return z.array(Found).parse(JSON.parse((await this.#script(listMachines)) || '[]'));
  }

  async #named({ machineId }: NewMachine): Promise<string | undefined> {
    const output = await this.#script(`(${find(machineId)}).Id`);
    return output.trim() === '' ? undefined : output.trim();
  }

  #script(text: string): Promise<string> {
    const script = `$ErrorActionPreference = 'Stop'\n${text}`;
    return outputOf(this.run, {
      program: 'pwsh.exe',
      arguments: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', '-'],
      input: `${script}\n`,
    });
  }
}

/** A machine by Hyper-V's own id, or by the one it was made under, which it carries in its notes. */
function find(machineId: string): string {
  const [id, note] = [quoted(machineId), quoted(noteOf(machineId))];
  return `(Get-VM | Where-Object { $_.Id.ToString() -eq ${id} -or $_.Notes -eq ${note} } | Select-Object -First 1)`;
}

function noteOf(machineId: string): string {
  return `lifeboat ${machineId}`;
}

/** In single quotes PowerShell reads nothing but doubled quotes. Its typographic twins end a text too. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, (quote) => quote + quote)}'`;
}

function reportedMachine(found: Found): ReportedMachine {
  const { Id, Name, State, Generation, Memory, Processors, Disks, Adapters } = found;
  return {
    ...{ machineId: Id, name: Name, osType: 'Other', generation: Generation === 2 ? '2' : '1' },
    powerState: State === 'Running' ? 'running' : State === 'Off' ? 'stopped' : 'unknown',
    ...(Memory === 0 ? {} : { memoryBytes: Memory }),
    processorCount: Processors,
    disks: Disks.map(({ Path, Size }, index) => ({
      ...{ diskId: Path, name: Path, sizeBytes: Size, isBootDisk: index === 0 },
    })),
    nics: Adapters.map(({ Id: nicId, Switch: networkId, MacAddress, Addresses }) => ({
      ...{ nicId, addresses: Addresses },
      ...(networkId === null ? {} : { networkId }),
      ...(MacAddress === null ? {} : { macAddress: MacAddress }),
    })),
  };
}
