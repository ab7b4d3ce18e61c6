import type { MachineFile } from './machine-folder';

export interface QemuPlaces {
  readonly pidFile: string;
  readonly monitorPath: string;
  readonly consoleFile: string;
}

const usualMemoryBytes = 512 * 1024 ** 2;
const mebibyte = 1024 ** 2;

/** The command line of a machine: its disks in order, the boot disk first; no network for one that must reach nothing. */
export function qemuArguments(
  machine: MachineFile,
  sizes: ReadonlyMap<string, number>,
  { pidFile, monitorPath, consoleFile }: QemuPlaces,
): string[] {
  const memoryInMebibytes = Math.ceil((machine.memoryBytes ?? usualMemoryBytes) / mebibyte);
  const disks = machine.disks.toSorted((left, right) => Number(right.isBootDisk) - Number(left.isBootDisk));
  return [
    ...['-name', machine.name.replaceAll(',', ' '), '-display', 'none', '-daemonize'],
    ...['-m', String(memoryInMebibytes), '-smp', String(machine.processorCount ?? 1)],
    ...['-pidfile', pidFile, '-qmp', `unix:${monitorPath},server=on,wait=off`],
    ...['-serial', `file:${consoleFile}`],
    // The footer of a VHD is not part of the disk.
    ...disks.flatMap(({ path }) => [
      '-drive',
      `driver=raw,file.driver=file,file.filename=${path.replaceAll(',', ',,')},size=${sizes.get(path) ?? 0},if=virtio,cache=writeback`,
    ]),
    ...(machine.isIsolated ? ['-nic', 'none'] : ['-nic', 'user,model=virtio-net-pci']),
  ];
}
