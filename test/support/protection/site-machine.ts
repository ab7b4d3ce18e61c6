import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentStatus, readAgentStatus } from '../../../agent/run/status-file';
import { AgentProcess } from '../agent-process';
import { eventually } from '../eventually';
import type { NbdClient } from '../nbd-client';
import type { MachineOptions } from './site-options';

export interface SiteMachineOptions extends Required<Pick<MachineOptions, 'name' | 'machineId' | 'disks'>> {
  /** Where disks and state are kept. */
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  readonly certificateAuthorityFile: string;
  readonly sealIntervalInMs?: number | undefined;
  /** What else its agent is told. */
  readonly arguments?: readonly string[];
}

/** A machine with an agent of its own: its disks are files, what is written goes through NBD, and no more of it is seen than of any. */
export class SiteMachine {
  readonly machineId: string;
  readonly paths: readonly string[];
  readonly #agent: AgentProcess;
  readonly #folder: string;

  private constructor({ disks, sealIntervalInMs, ...options }: SiteMachineOptions) {
    this.machineId = options.machineId;
    this.#folder = options.folder;
    mkdirSync(options.folder, { recursive: true });
    this.paths = disks.map((bytes, index) => {
      const path = join(options.folder, `disk${index}.raw`);
      writeFileSync(path, bytes);
      return path;
    });
    this.#agent = new AgentProcess({
      ...options,
      disks: this.paths.map((path, index) => `${path}:disk${index}`),
      ...(sealIntervalInMs === undefined ? {} : { sealIntervalInMs }),
    });
  }

  /** One that the service has heard of. */
  static async start(options: SiteMachineOptions): Promise<SiteMachine> {
    const machine = new SiteMachine(options);
    machine.#agent.start();
    await eventually(() => Promise.resolve(machine.status()), 120_000);
    return machine;
  }

  /** A guest's connection to a disk. */
  connect(disk: number): Promise<NbdClient> {
    return this.#agent.connect(`disk${disk}`);
  }

  async write(disk: number, offsetBytes: number, bytes: Buffer): Promise<void> {
    const guest = await this.connect(disk);
    await guest.write(offsetBytes, bytes);
    guest.close();
  }

  content(disk: number): Buffer {
    return readFileSync(this.paths[disk] ?? '');
  }

  /** What the agent has left for people to read: what it told the service last, and what it was answered. */
  status(): AgentStatus | undefined {
    return readAgentStatus(join(this.#folder, 'state'));
  }

  /** How often points are wanted, by what the agent was told last. */
  get paceInMs(): number | undefined {
    return this.status()?.markers[0]?.crashIntervalInMs;
  }

  /** Stops the agent, if it runs, and starts it again; what is done to the disks in between, it finds. It reports at once. */
  async restart(between?: () => void | Promise<void>): Promise<void> {
    await this.stop();
    await between?.();
    this.#agent.start();
  }

  stop(): Promise<void> {
    return this.#agent.kill('SIGTERM');
  }
}
