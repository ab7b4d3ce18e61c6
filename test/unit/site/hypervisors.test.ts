import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HyperVHypervisor } from '../../../agent/site/provider/hyper-v-hypervisor';
import { openHypervisor } from '../../../agent/site/provider/open-hypervisor';
import { qemuArguments } from '../../../agent/site/provider/qemu-command';
import { type Command, runCommand } from '../../../agent/site/provider/run-command';
import { systemClock } from '../../../shared/system/system-clock';

const machine = {
  ...{ machineId: 'machine', name: "it's", osType: 'Linux' as const, generation: '2' as const },
  ...{ memoryBytes: 64 * 1024 ** 2, processorCount: 1, isIsolated: true },
  disks: [
    { diskId: 'data', path: '/disks/data,1.vhd', isBootDisk: false },
    { diskId: 'system', path: '/disks/system.vhd', isBootDisk: true },
  ],
};

/** A program that answers each of its scripts in turn, and keeps what it was given. */
function scripted(...answers: string[]): { hypervisor: HyperVHypervisor; given: Command[] } {
  const given: Command[] = [];
  const hypervisor = new HyperVHypervisor((command) => {
    given.push(command);
    return Promise.resolve({ exitCode: 0, output: answers.shift() ?? '', errors: '' });
  });
  return { hypervisor, given };
}

describe('the command lines for Hyper-V', () => {
  it('make a machine of the second generation that boots from its system disk and reaches nothing', async () => {
    const { hypervisor, given } = scripted('');
    await hypervisor.create(machine);
    const scripts = given.map(({ input }) => String(input));
    expect(given.every(({ program }) => program === 'pwsh.exe')).toBe(true);
    expect(scripts[1]?.split('\n')).toEqual([
      "$ErrorActionPreference = 'Stop'",
      "$vm = New-VM -Name 'it''s' -Generation 2 -MemoryStartupBytes 67108864 -NoVHD",
      "Set-VM -VM $vm -ProcessorCount 1 -Notes 'lifeboat machine'",
      "Add-VMHardDiskDrive -VM $vm -Path '/disks/system.vhd'",
      "Add-VMHardDiskDrive -VM $vm -Path '/disks/data,1.vhd'",
      'Get-VMNetworkAdapter -VM $vm | Disconnect-VMNetworkAdapter',
      'Set-VMFirmware -VM $vm -FirstBootDevice (Get-VMHardDiskDrive -VM $vm)[0]',
      '',
    ]);
    expect(scripts[2]).toContain('| Start-VM');
  });

  it('do not make a machine again that is there', async () => {
    const { hypervisor, given } = scripted('an-id\n');
    await hypervisor.create(machine);
    expect(given.some(({ input }) => String(input).includes('New-VM'))).toBe(false);
  });

  it('never let a name end its quotes', async () => {
    const { hypervisor, given } = scripted();
    await hypervisor.delete("x'; Remove-VM *; \u2019");
    expect(given[0]?.input).toContain("'x''; Remove-VM *; \u2019\u2019'");
  });

  it('read machines and switches from JSON', async () => {
    const found = {
      ...{ Id: 'id', Name: 'web', State: 'Running', Generation: 2, Memory: 1024, Processors: 2 },
      Disks: [{ Path: 'C:\\web.vhdx', Size: 4096 }],
      Adapters: [{ Id: 'nic', Switch: 'LAN', MacAddress: '00155D000001', Addresses: ['10.0.0.4'] }],
    };
    const { hypervisor } = scripted(JSON.stringify([found]), JSON.stringify([{ Id: 's', Name: 'LAN' }]));
    expect(await hypervisor.machines()).toEqual([
      {
        ...{ machineId: 'id', name: 'web', osType: 'Other', generation: '2', powerState: 'running' },
        ...{ memoryBytes: 1024, processorCount: 2 },
        disks: [{ diskId: 'C:\\web.vhdx', name: 'C:\\web.vhdx', sizeBytes: 4096, isBootDisk: true }],
        nics: [{ nicId: 'nic', networkId: 'LAN', macAddress: '00155D000001', addresses: ['10.0.0.4'] }],
      },
    ]);
    expect(await hypervisor.networks()).toEqual([{ networkId: 's', name: 'LAN', subnets: [] }]);
  });

  it('say what the program complained of', async () => {
    const hypervisor = new HyperVHypervisor(() =>
      Promise.resolve({ exitCode: 1, output: '', errors: 'Access is denied.' }),
    );
    await expect(hypervisor.start('machine')).rejects.toThrow('Access is denied.');
  });
});

it('QEMU gets the boot disk first, sizes without footers, and no network for a machine that must reach nothing', () => {
  const sizes = new Map([
    ['/disks/data,1.vhd', 1024],
    ['/disks/system.vhd', 2048],
  ]);
  const places = { pidFile: '/run/pid', monitorPath: '/run/qmp', consoleFile: '/run/console' };
  const given = qemuArguments({ ...machine, powerState: 'stopped', nics: [] }, sizes, places);
  expect(given.filter((each) => each.startsWith('driver=raw'))).toEqual([
    'driver=raw,file.driver=file,file.filename=/disks/system.vhd,size=2048,if=virtio,cache=writeback',
    'driver=raw,file.driver=file,file.filename=/disks/data,,1.vhd,size=1024,if=virtio,cache=writeback',
  ]);
  expect(given.slice(-2)).toEqual(['-nic', 'none']);
});

it('an unknown kind of hypervisor is refused with what there is', () => {
  const open = (): unknown => openHypervisor('xen', { run: runCommand, clock: systemClock });
  expect(open).toThrow('hyper-v, qemu:<folder> or paper:<folder>');
});

/** Writes its words to the first serial port, and then waits. */
function bootSector(words: string): Buffer {
  const code = [...Buffer.from(words)].flatMap((letter) => [0xb0, letter, 0xba, 0xf8, 0x03, 0xee]);
  const sector = Buffer.alloc(1024 * 1024);
  Buffer.from([...code, 0xf4, 0xeb, 0xfd]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

const qemu = 'qemu-system-x86_64';
const hasQemu = spawnSync(qemu, ['--version']).status === 0;

(hasQemu ? it : it.skip)(
  'QEMU boots a machine, says what it said, finds it again, and switches it off (skipped without QEMU)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qemu-'));
    const path = join(folder, 'disk.raw');
    writeFileSync(path, bootSector('afloat'));
    const open = (): ReturnType<typeof openHypervisor> =>
      openHypervisor(`qemu:${folder}`, { run: runCommand, clock: systemClock, bootWords: 'afloat' });
    const disks = [{ diskId: 'disk0', path, isBootDisk: true }];
    const started = await open().create({ ...machine, generation: '1', disks });
    try {
      expect(started).toEqual({ boot: 'booted', consoleTail: 'afloat' });
      expect(await open().machines()).toMatchObject([{ machineId: 'machine', powerState: 'running' }]);
    } finally {
      await open().delete('machine');
    }
    expect(await open().machines()).toEqual([]);
    rmSync(folder, { recursive: true });
  },
  240_000,
);
