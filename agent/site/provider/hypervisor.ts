import { z } from 'zod';
import type { ReportedMachine, ReportedNetwork } from '../../../shared/contracts/agent/report';
import type { BootVerdict } from '../../../shared/contracts/compute/target-machine';

/** A machine to be made on disks that are there already. */
export const NewMachine = z.object({
  machineId: z.string().min(1).max(300),
  name: z.string().min(1).max(200),
  osType: z.enum(['Windows', 'Linux', 'Other']).catch('Other'),
  generation: z.enum(['1', '2']).catch('1'),
  memoryBytes: z.int().positive().optional(),
  processorCount: z.int().positive().optional(),
  /** It is a rehearsal: the machine must reach nothing. */
  isIsolated: z.boolean().default(false),
  disks: z
    .array(z.object({ diskId: z.string(), path: z.string().min(1), isBootDisk: z.boolean() }))
    .min(1)
    .max(64),
});
export type NewMachine = z.infer<typeof NewMachine>;

/** What was seen of a machine after it was started. */
export interface StartedMachine {
  readonly boot: BootVerdict;
  readonly consoleTail: string;
}

/** What makes machines run on a host, or a group of hosts. Every call is safe to repeat; a machine is known by its platform's own id. */
export interface Hypervisor {
  machines(): Promise<readonly ReportedMachine[]>;
  networks(): Promise<readonly ReportedNetwork[]>;
  /** Makes it and starts it. One that is there already is only started. */
  create(machine: NewMachine): Promise<StartedMachine>;
  start(machineId: string): Promise<StartedMachine>;
  /** Resolves once it is seen not to run: nothing of it writes any more. */
  shutDown(machineId: string): Promise<void>;
  /** Ends it and forgets it. Its disks stay: they are whoever's made them. */
  delete(machineId: string): Promise<void>;
}
