import { z } from 'zod';

const state = z.enum(['Enabled', 'Disabled', 'AlwaysON']);

/** A vault's `securitySettings.softDeleteSettings`, in the words of its API. */
export const SoftDeleteSettings = z.looseObject({
  softDeleteState: state.nullish(),
  softDeleteRetentionPeriodInDays: z.int().min(14).max(180).nullish(),
  /** Kept and answered; the recovery of machines goes by `softDeleteState` alone. */
  enhancedSecurityState: state.nullish(),
});
export type SoftDeleteSettings = z.infer<typeof SoftDeleteSettings>;

/** A vault's `securitySettings`. What else stands in them is kept as it came. */
export const SecuritySettings = z.looseObject({ softDeleteSettings: SoftDeleteSettings.nullish() });
export type SecuritySettings = z.infer<typeof SecuritySettings>;
