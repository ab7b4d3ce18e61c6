import { z } from 'zod';

/** What is kept of a registration token: where it admits to, and whether it was used. The token itself only as its hash. */
export const RegistrationToken = z.object({
  vaultId: z.string(),
  fabricId: z.string(),
  createdAtMs: z.int(),
  expiresAtMs: z.int(),
  /** The agent that it bought in, once it was used. */
  usedBy: z.uuid().optional(),
});
export type RegistrationToken = z.infer<typeof RegistrationToken>;
