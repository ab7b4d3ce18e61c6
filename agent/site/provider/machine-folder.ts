import { statSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ReportedNetwork, type ReportedMachine } from '../../../shared/contracts/agent/report';
import { readIfThere } from '../../../shared/files/durable-json';
import { openDisk } from '../../disk/open-disk';
import { replaceFile } from '../../spool/durable-file';
import { NewMachine } from './hypervisor';

/** A machine as it is written down: what it is made of, and whether it is to run. */
export const MachineFile = NewMachine.extend({
  powerState: z.enum(['running', 'stopped']),
  nics: z
    .array(
      z.object({
        nicId: z.string(),
        networkId: z.string().optional(),
        macAddress: z.string().optional(),
        addresses: z.array(z.string()),
      }),
    )
    .default([]),
});
export type MachineFile = z.infer<typeof MachineFile>;

/** Machines as JSON files in a folder, one for each, and `networks.json` beside them. Hosts that share the folder share its machines. */
export class MachineFolder {
  constructor(private readonly folder: string) {}

  async all(): Promise<readonly MachineFile[]> {
    await mkdir(this.folder, { recursive: true });
    const machines: MachineFile[] = [];
    for (const name of (await readdir(this.folder)).sort()) {
      if (!name.endsWith('.machine.json')) continue;
      const found = await readIfThere(join(this.folder, name));
      if (found !== undefined) machines.push(MachineFile.parse(found));
    }
    return machines;
  }

  async find(machineId: string): Promise<MachineFile | undefined> {
    const found = await readIfThere(this.#path(machineId));
    return found === undefined ? undefined : MachineFile.parse(found);
  }

  async expect(machineId: string): Promise<MachineFile> {
    const machine = await this.find(machineId);
    if (machine === undefined) throw new Error(`there is no machine ${machineId} here`);
    return machine;
  }

  async keep(machine: MachineFile): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await replaceFile(this.#path(machine.machineId), [Buffer.from(JSON.stringify(machine, null, 2))]);
  }

  async forget(machineId: string): Promise<void> {
    await rm(this.#path(machineId), { force: true });
  }

  async networks(): Promise<readonly ReportedNetwork[]> {
    return z.array(ReportedNetwork).parse((await readIfThere(join(this.folder, 'networks.json'))) ?? []);
  }

  #path(machineId: string): string {
    return join(this.folder, `${Buffer.from(machineId).toString('base64url')}.machine.json`);
  }
}

/** A machine as agents report it; a disk whose file is gone is left out. */
export function reported(machine: MachineFile): ReportedMachine {
  const { machineId, name, osType, powerState, generation, memoryBytes, processorCount, nics } = machine;
  return {
    ...{ machineId, name, osType, powerState, generation },
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(processorCount === undefined ? {} : { processorCount }),
    disks: machine.disks.flatMap(({ diskId, path, isBootDisk }) => {
      const sizeBytes = sizeOfDisk(path);
      return sizeBytes === undefined ? [] : [{ diskId, name: diskId, sizeBytes, isBootDisk }];
    }),
    nics,
  };
}

/** The size of the disk in a file, without a footer; undefined where there is none. */
export function sizeOfDisk(path: string): number | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const disk = openDisk(path);
  disk.close();
  return disk.sizeBytes;
}
