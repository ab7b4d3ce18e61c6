import { z } from 'zod';

/** Why somebody asked for the job, in their words. */
export const comments = z.string().optional();

export const direction = z.enum(['PrimaryToRecovery', 'RecoveryToPrimary']);
