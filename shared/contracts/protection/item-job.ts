import { z } from 'zod';

/** A job of a protected item that is done in one go. Its input is that of `itemOrchestrations`. */
export const ItemJob = z.object({
  orchestration: z.enum([
    'addDisks',
    'removeDisks',
    'repairReplication',
    'updateProtectedItem',
    'resolveHealthErrors',
    'updateMobilityService',
    'updateAppliance',
    'switchProvider',
  ]),
  input: z.record(z.string(), z.unknown()),
});
export type ItemJob = z.infer<typeof ItemJob>;
