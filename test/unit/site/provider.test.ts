import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MachineFolder } from '../../../agent/site/provider/machine-folder';
import { PaperHypervisor } from '../../../agent/site/provider/paper-hypervisor';
import { Provider } from '../../../agent/site/provider/provider';
import { systemClock } from '../../../shared/system/system-clock';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = new AbortController().signal;
let folder: string;
let disk: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provider-'));
  disk = join(folder, 'disk.raw');
  writeFileSync(disk, Buffer.alloc(1024 * 1024));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function newProvider(machines = join(folder, 'machines')): Provider {
  const hypervisor = new PaperHypervisor(new MachineFolder(machines));
  return new Provider({ hypervisor, clock: systemClock, log: quiet });
}

function perform(
  provider: Provider,
  kind: keyof Provider['taskHandlers'],
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return provider.taskHandlers[kind]?.(parameters, 'task', signal) ?? Promise.reject(new Error('no handler'));
}

const machineId = 'a/../strange "machine"';
const made = { machineId, name: 'web', osType: 'Linux', isIsolated: true };
const disks = (path: string): object[] => [{ diskId: 'disk0', path, isBootDisk: true }];

describe('a provider', () => {
  it('makes a machine on disks that are there, and reports it with them', async () => {
    const provider = newProvider();
    const output = await perform(provider, 'createMachine', { ...made, disks: disks(disk) });
    expect(output).toEqual({ machineId, boot: 'notBooted', consoleTail: '' });
    const { report } = await provider.describe();
    expect(report.machines).toEqual([
      {
        ...{ machineId, name: 'web', osType: 'Linux', generation: '1', powerState: 'running', nics: [] },
        isHosted: true,
        disks: [{ diskId: 'disk0', name: 'disk0', sizeBytes: 1024 * 1024, isBootDisk: true }],
      },
    ]);
  });

  it('shuts a machine down, starts it again, and forgets it without its disks', async () => {
    const provider = newProvider();
    const power = async (): Promise<unknown> => (await provider.describe()).report.machines?.[0]?.powerState;
    await perform(provider, 'createMachine', { ...made, disks: disks(disk) });
    await perform(provider, 'shutDownMachine', { machineId });
    expect(await power()).toBe('stopped');
    await perform(provider, 'startMachine', { machineId });
    expect(await power()).toBe('running');
    for (let again = 0; again < 2; again += 1) await perform(provider, 'deleteMachine', { machineId });
    expect((await provider.describe()).report.machines).toEqual([]);
    await expect(perform(provider, 'startMachine', { machineId })).rejects.toThrow('no machine');
    await perform(provider, 'createMachine', { ...made, disks: disks(disk) });
  });

  it('refuses a machine whose disk is not there, and leaves none behind', async () => {
    const provider = newProvider();
    const missing = { ...made, disks: disks(join(folder, 'gone.raw')) };
    await expect(perform(provider, 'createMachine', missing)).rejects.toThrow('disk0 is not at');
    expect((await provider.describe()).report.machines).toEqual([]);
  });

  it('reports the machines of hosts that share a folder, whichever of them made it', async () => {
    const [first, second] = [newProvider(), newProvider()];
    await perform(first, 'createMachine', { ...made, disks: disks(disk) });
    await perform(second, 'shutDownMachine', { machineId });
    expect((await first.describe()).report.machines).toMatchObject([{ machineId, powerState: 'stopped' }]);
  });

  it('tells the networks of its site', async () => {
    const networks = [{ networkId: 'lan', name: 'LAN', subnets: [{ name: 'a', prefixes: ['10.0.0.0/24'] }] }];
    writeFileSync(join(folder, 'networks.json'), JSON.stringify(networks));
    expect((await newProvider(folder).describe()).report.networks).toEqual(networks);
  });

  it('tells what it discovered as soon as it changes, and does not tell of its own machines twice', async () => {
    const found = { ...(await reportedOf(folder, disk)), machineId: 'elsewhere' };
    const hypervisor = new PaperHypervisor(new MachineFolder(join(folder, 'machines')));
    const discover = (): Promise<readonly (typeof found)[]> =>
      Promise.resolve([found, { ...found, machineId }]);
    const provider = new Provider({ hypervisor, clock: systemClock, log: quiet, discover });
    await perform(provider, 'createMachine', { ...made, disks: disks(disk) });
    const stopping = new AbortController();
    const told = new Promise<void>((resolve) => {
      const service = {} as never;
      void provider.run({ service, tell: resolve }, stopping.signal);
    });
    await told;
    stopping.abort();
    const { machines = [] } = (await provider.describe()).report;
    expect(machines.map((machine) => [machine.machineId, machine.name])).toEqual([
      [machineId, 'web'],
      ['elsewhere', 'template'],
    ]);
  });
});

async function reportedOf(
  folder: string,
  path: string,
): Promise<Awaited<ReturnType<PaperHypervisor['machines']>>[number]> {
  const hypervisor = new PaperHypervisor(new MachineFolder(join(folder, 'templates')));
  const disks = [{ diskId: 'disk0', path, isBootDisk: true }];
  await hypervisor.create({
    ...{
      machineId: 'template',
      name: 'template',
      osType: 'Other',
      generation: '1',
      isIsolated: false,
      disks,
    },
  });
  const [machine] = await hypervisor.machines();
  if (machine === undefined) throw new Error('nothing was made');
  return machine;
}
