import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReportedMachine, ReportedNetwork } from '../../../shared/contracts/agent/report';
import type { Clock } from '../../../shared/ports/clock';
import type { Hypervisor, NewMachine, StartedMachine } from './hypervisor';
import { type MachineFile, type MachineFolder, reported, sizeOfDisk } from './machine-folder';
import { type QemuPlaces, qemuArguments } from './qemu-command';
import { outputOf, type RunCommand } from './run-command';

export interface QemuHypervisorOptions {
  readonly machines: MachineFolder;
  /** Where sockets, process ids and consoles are kept. */
  readonly runFolder: string;
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly program?: string;
  /** How long a guest may take to shut down before it is switched off. */
  readonly shutDownLimitInMs?: number;
  /** What a booted guest says on its console; without it none is said to have booted. */
  readonly bootWords?: string | undefined;
  readonly bootLimitInMs?: number;
}

const lookAgainInMs = 100;
const consoleTailBytes = 4_000;
const usualShutDownLimitInMs = 60_000;
const usualBootLimitInMs = 120_000;

/** Machines as QEMU processes of this host. They outlive the agent; the files beside them say which process is which machine. */
export class QemuHypervisor implements Hypervisor {
  constructor(private readonly options: QemuHypervisorOptions) {}

  async machines(): Promise<readonly ReportedMachine[]> {
    const all = await this.options.machines.all();
    return all.map((machine) => {
      const powerState = this.#processOf(machine.machineId) === undefined ? 'stopped' : 'running';
      return { ...reported(machine), powerState };
    });
  }

  networks(): Promise<readonly ReportedNetwork[]> {
    return this.options.machines.networks();
  }

  async create(machine: NewMachine): Promise<StartedMachine> {
    const known = await this.options.machines.find(machine.machineId);
    return this.#turnOn(known ?? { ...machine, powerState: 'stopped', nics: [] });
  }

  async start(machineId: string): Promise<StartedMachine> {
    return this.#turnOn(await this.options.machines.expect(machineId));
  }

  async shutDown(machineId: string): Promise<void> {
    const machine = await this.options.machines.expect(machineId);
    await this.#end(machineId, 'system_powerdown');
    await this.options.machines.keep({ ...machine, powerState: 'stopped' });
  }

  async delete(machineId: string): Promise<void> {
    await this.#end(machineId, 'quit');
    const { pidFile, monitorPath, consoleFile } = this.#places(machineId);
    for (const path of [pidFile, monitorPath, consoleFile]) await rm(path, { force: true });
    await this.options.machines.forget(machineId);
  }

  async #turnOn(machine: MachineFile): Promise<StartedMachine> {
    const { machineId } = machine;
    const sizes = new Map<string, number>();
    for (const { diskId, path } of machine.disks) {
      const sizeBytes = sizeOfDisk(path);
      if (sizeBytes === undefined) throw new Error(`the disk ${diskId} is not at ${path}`);
      sizes.set(path, sizeBytes);
    }
    if (this.#processOf(machineId) === undefined) {
      await mkdir(this.options.runFolder, { recursive: true, mode: 0o700 });
      const { run, program = 'qemu-system-x86_64' } = this.options;
      await outputOf(run, { program, arguments: qemuArguments(machine, sizes, this.#places(machineId)) });
    }
    await this.options.machines.keep({ ...machine, powerState: 'running' });
    return this.#watch(machineId);
  }

  /** Until the guest has said on its console that it is up, or its time is over. */
  async #watch(machineId: string): Promise<StartedMachine> {
    const { bootWords, bootLimitInMs = usualBootLimitInMs, clock } = this.options;
    for (let waitedInMs = 0; ; waitedInMs += lookAgainInMs) {
      const consoleTail = this.#console(machineId);
      if (bootWords === undefined) return { boot: 'notBooted', consoleTail };
      if (consoleTail.includes(bootWords)) return { boot: 'booted', consoleTail };
      if (this.#processOf(machineId) === undefined) return { boot: 'failed', consoleTail };
      if (waitedInMs >= bootLimitInMs) return { boot: 'notBooted', consoleTail };
      await clock.sleep(lookAgainInMs);
    }
  }

  /** Asked to, a guest shuts down by itself; one that does not, in its time, is switched off. */
  async #end(machineId: string, how: 'system_powerdown' | 'quit'): Promise<void> {
    const { clock, shutDownLimitInMs = usualShutDownLimitInMs } = this.options;
    if (this.#processOf(machineId) === undefined) return;
    await this.#tell(machineId, how);
    for (let waitedInMs = 0; this.#processOf(machineId) !== undefined; waitedInMs += lookAgainInMs) {
      if (waitedInMs === shutDownLimitInMs) await this.#tell(machineId, 'quit');
      if (waitedInMs > 2 * shutDownLimitInMs) throw new Error(`the machine ${machineId} does not stop`);
      await clock.sleep(lookAgainInMs);
    }
  }

  /** One command over QEMU's own control protocol. A machine that has ended by then needs none. */
  #tell(machineId: string, command: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(this.#places(machineId).monitorPath);
      const lines = createInterface({ input: socket });
      socket.once('connect', () => socket.write('{"execute":"qmp_capabilities"}\n'));
      socket.once('error', () => resolve());
      socket.once('close', () => resolve());
      let answers = 0;
      lines.on('line', (line) => {
        if (!line.includes('"return"')) return;
        answers += 1;
        if (answers === 1) socket.write(`${JSON.stringify({ execute: command })}\n`);
        else socket.end();
      });
      lines.on('error', () => resolve());
    });
  }

  /** The process of a machine, as long as it lives and is that machine's. */
  #processOf(machineId: string): number | undefined {
    const { pidFile } = this.#places(machineId);
    const processId = Number(tryRead(pidFile)?.trim());
    if (!Number.isSafeInteger(processId) || processId <= 0) return undefined;
    return tryRead(`/proc/${processId}/cmdline`)?.includes(pidFile) === true ? processId : undefined;
  }

  #console(machineId: string): string {
    return (tryRead(this.#places(machineId).consoleFile) ?? '').slice(-consoleTailBytes);
  }

  #places(machineId: string): QemuPlaces {
    const place = (kind: string): string =>
      join(this.options.runFolder, `${Buffer.from(machineId).toString('base64url').slice(0, 48)}.${kind}`);
    return { pidFile: place('pid'), monitorPath: place('qmp'), consoleFile: place('console') };
  }
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
