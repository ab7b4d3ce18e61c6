import { z } from 'zod';
import { Resource } from '../catalogue/resource';

/** One change of the catalogue. Safe to repeat. */
export const CatalogueChange = z.discriminatedUnion('change', [
  /** Creates or overwrites. */
  z.object({ change: z.literal('put'), resource: Resource }),
  /** Merges into the properties; a resource that is gone stays gone. */
  z.object({ change: z.literal('merge'), id: z.string(), properties: z.record(z.string(), z.unknown()) }),
  /** Removes the resource with everything below it. */
  z.object({ change: z.literal('remove'), id: z.string() }),
]);
export type CatalogueChange = z.infer<typeof CatalogueChange>;

/** Job `controlJob`: work that only changes the catalogue. */
export const ControlJob = z.object({
  jobId: z.uuid(),
  vaultId: z.string(),
  changes: z.array(CatalogueChange),
  /** Resources that must not be referred to by anything when the change is made. */
  unreferred: z.array(z.string()).default([]),
});
export type ControlJob = z.infer<typeof ControlJob>;
