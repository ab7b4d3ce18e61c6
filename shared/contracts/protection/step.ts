import { z } from 'zod';
import { JobError } from '../jobs/record';

/** How one step of a job ended. What a retry may cure is thrown instead. */
export const StepOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done') }),
  z.object({ state: z.literal('refused'), error: JobError.omit({ timeInMs: true }) }),
  /** The user asked for the job to be cancelled before the step began. */
  z.object({ state: z.literal('cancelled') }),
]);
export type StepOutcome = z.infer<typeof StepOutcome>;

/** The same for a step that looks for an agent: it may have to look again. */
export const AgentLook = z.discriminatedUnion('state', [
  ...StepOutcome.options,
  z.object({ state: z.literal('waiting') }),
]);
export type AgentLook = z.infer<typeof AgentLook>;
