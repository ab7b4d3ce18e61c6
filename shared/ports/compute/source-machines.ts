import type { Machine } from '../../contracts/compute/target-machine';

export interface AgentInstallation {
  readonly machineId: string;
  readonly version: string;
  /** Anybody who may read the machine sees these. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Nobody sees these again: the registration token. */
  readonly protectedSettings: Readonly<Record<string, unknown>>;
}

/** Machines of the cloud that are, or were, protected. Every call may be repeated. Refuses as TargetMachines does. */
export interface SourceMachines {
  /** Undefined if it is not there. */
  read(machineId: string): Promise<Machine | undefined>;
  /** Puts the agent's extension on the machine, and waits until it says that it is installed. */
  installAgent(installation: AgentInstallation): Promise<void>;
  /** A machine or an extension that is not there is fine. */
  removeAgent(machineId: string): Promise<void>;
  start(machineId: string): Promise<void>;
  /** Deallocates it. One that is not there counts as stopped: the answer says whether it was seen. */
  stop(machineId: string): Promise<'stopped' | 'missing'>;
  /** Removes the machine with its cards and, if asked to, its disks. */
  remove(machineId: string, what: { readonly withDisks: boolean }): Promise<void>;
}
