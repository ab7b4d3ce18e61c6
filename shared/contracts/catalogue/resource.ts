import { z } from 'zod';

/** What every record of the catalogue that has an ARM id carries. `properties` is of the kind that `type` names. */
export const Resource = z.looseObject({
  /** As the user typed it; the key is `resourceKey(id)`. */
  id: z.string(),
  name: z.string(),
  /** `Microsoft.RecoveryServices/vaults/replicationFabrics` ... */
  type: z.string(),
  location: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.record(z.string(), z.unknown()),
  /** The job that the last conditional change was promised to. */
  claimedBy: z.string().optional(),
});
export type Resource = z.infer<typeof Resource>;

/** Something that is wrong, with what may have caused it and what to do. Codes are listed in docs/health-errors.md. */
export const HealthError = z.looseObject({
  id: z.string(),
  code: z.string(),
  level: z.enum(['Warning', 'Error']),
  category: z.string(),
  summary: z.string(),
  message: z.string(),
  causes: z.string(),
  action: z.string(),
  createdAtInMs: z.number(),
  /** May a user declare it resolved? */
  resolvable: z.boolean(),
});
export type HealthError = z.infer<typeof HealthError>;

export const Health = z.enum(['None', 'Normal', 'Warning', 'Critical']);
export type Health = z.infer<typeof Health>;
