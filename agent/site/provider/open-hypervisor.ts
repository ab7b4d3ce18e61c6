import { join } from 'node:path';
import type { Clock } from '../../../shared/ports/clock';
import { HyperVHypervisor } from './hyper-v-hypervisor';
import type { Hypervisor } from './hypervisor';
import { MachineFolder } from './machine-folder';
import { PaperHypervisor } from './paper-hypervisor';
import { QemuHypervisor } from './qemu-hypervisor';
import type { RunCommand } from './run-command';

export interface OpenHypervisor {
  readonly run: RunCommand;
  readonly clock: Clock;
  /** What a guest says on its console once it is up. */
  readonly bootWords?: string | undefined;
}

/** What runs machines: `hyper-v`, `qemu:` and the folder of its machines, or `paper:` and a folder. */
export function openHypervisor(place: string, { run, clock, bootWords }: OpenHypervisor): Hypervisor {
  if (place === 'hyper-v') return new HyperVHypervisor(run);
  const [, kind, folder] = /^(qemu|paper):(.+)$/.exec(place) ?? [];
  if (kind === undefined || folder === undefined) {
    throw new Error(`machines are run by hyper-v, qemu:<folder> or paper:<folder>, not by ${place}`);
  }
  const machines = new MachineFolder(folder);
  if (kind === 'paper') return new PaperHypervisor(machines);
  return new QemuHypervisor({ machines, runFolder: join(folder, 'run'), run, clock, bootWords });
}
