import { z } from 'zod';
import { Owner } from './owner';
import { TargetPlace } from './target-machine';

export const NetworkRequest = z.object({
  owner: Owner,
  place: TargetPlace,
  name: z.string(),
  addressSpace: z.array(z.string()).min(1),
  subnets: z.array(z.object({ name: z.string(), range: z.string() })).min(1),
  /** For tests: its machines reach nothing outside the network and nothing outside reaches them. */
  isIsolated: z.boolean().default(false),
});
export type NetworkRequest = z.input<typeof NetworkRequest>;

export const TargetNetwork = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  addressSpace: z.array(z.string()),
  subnets: z.array(z.object({ name: z.string(), range: z.string() })),
});
export type TargetNetwork = z.infer<typeof TargetNetwork>;

export const AvailabilitySet = z.object({ id: z.string(), name: z.string(), location: z.string() });
export type AvailabilitySet = z.infer<typeof AvailabilitySet>;

export const MachineSize = z.object({
  name: z.string(),
  cores: z.number(),
  memoryInMb: z.number(),
  maxDataDisks: z.number(),
});
export type MachineSize = z.infer<typeof MachineSize>;

/** How much of something a region still gives. */
export const Quota = z.object({ name: z.string(), used: z.number(), limit: z.number() });
export type Quota = z.infer<typeof Quota>;
