import { z } from 'zod';

/** The jobs that end the first copy, by the names people wait for. */
export const FinalizeKind = z.enum(['IrCompletion', 'PrimaryIrCompletion', 'SecondaryIrCompletion']);
export type FinalizeKind = z.infer<typeof FinalizeKind>;

/** Job `finalizeProtection`: every disk has reached its first marker. */
export const FinalizeProtection = z.object({
  jobId: z.uuid(),
  vaultId: z.string(),
  itemId: z.string(),
  kind: FinalizeKind,
});
export type FinalizeProtection = z.infer<typeof FinalizeProtection>;

/** The job that follows this one; null when the machine is protected. */
export const NextFinalize = FinalizeProtection.nullable();
