import { z } from 'zod';

/** "This replica has news." It carries no truth: the cache does, so a lost, doubled or late bell is harmless. */
export const Doorbell = z.strictObject({
  replicaId: z.uuid(),
  traceparent: z.string().max(55).optional(),
});
export type Doorbell = z.infer<typeof Doorbell>;
