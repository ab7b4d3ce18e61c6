import { z } from 'zod';
import { ReportedMachine } from '../agent/report';

/** A machine, as the agent that speaks for it reported it last. */
export const KnownMachine = z.object({
  agentId: z.uuid(),
  providerId: z.string(),
  machine: ReportedMachine,
  /** Who starts and stops it, where that is not the agent that reads its disks. */
  hostAgentId: z.uuid().optional(),
});
export type KnownMachine = z.infer<typeof KnownMachine>;
