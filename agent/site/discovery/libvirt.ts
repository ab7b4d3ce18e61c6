import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import { outputOf, type RunCommand } from '../provider/run-command';

/** The machines of a libvirt host, by `virsh` at this connection, such as qemu:///system. */
export async function discoverLibvirt(run: RunCommand, connection: string): Promise<ReportedMachine[]> {
  const virsh = (...given: string[]): Promise<string> =>
    outputOf(run, { program: 'virsh', arguments: ['--connect', connection, '--readonly', ...given] });
  const ids = (await virsh('list', '--all', '--uuid')).split('\n').filter((line) => line.trim() !== '');
  const machines: ReportedMachine[] = [];
  for (const machineId of ids.map((line) => line.trim())) {
    const facts = factsIn(await virsh('dominfo', machineId));
    const disks = disksIn(await virsh('domblklist', machineId, '--details'));
    const sized = [];
    for (const [index, { target, source }] of disks.entries()) {
      const capacity = factsIn(await virsh('domblkinfo', machineId, target)).get('Capacity');
      const sizeBytes = Number(capacity ?? 0);
      if (sizeBytes <= 0 || sizeBytes % 512 !== 0) continue;
      sized.push({ diskId: target, name: source, sizeBytes, isBootDisk: index === 0 });
    }
    const memoryInKibibytes = Number.parseInt(facts.get('Max memory') ?? '', 10);
    const processorCount = Number(facts.get('CPU(s)'));
    machines.push({
      ...{ machineId, name: facts.get('Name') ?? machineId, osType: 'Other', generation: '1', nics: [] },
      powerState: facts.get('State') === 'running' ? 'running' : 'stopped',
      ...(memoryInKibibytes > 0 ? { memoryBytes: memoryInKibibytes * 1024 } : {}),
      ...(processorCount > 0 ? { processorCount } : {}),
      disks: sized,
    });
  }
  return machines;
}

/** Lines of `Name:   value`. */
function factsIn(output: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) facts.set(name.trim(), value.trim());
  }
  return facts;
}

/** The table of disks: type, device, target, source. Media that can be taken out are nobody's disk. */
function disksIn(output: string): { target: string; source: string }[] {
  return output.split('\n').flatMap((line) => {
    const [, target, source] = /^\s*\S+\s+disk\s+(\S+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    return target === undefined || source === undefined || source === '-' ? [] : [{ target, source }];
  });
}
