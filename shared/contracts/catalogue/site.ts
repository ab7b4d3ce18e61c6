import { z } from 'zod';
import { Health, HealthError } from './resource';

/** A place machines live in, or can be recovered to. */
export const Fabric = z.looseObject({
  friendlyName: z.string(),
  /** `Azure`, `HyperVSite`, `VMM`, `VMware`, `InMageRcm`, `VMwareV2`. */
  kind: z.string(),
  /** A UUID of our own: agents and containers are named by it. */
  internalId: z.string(),
  location: z.string().optional(),
  health: Health,
  healthErrors: z.array(HealthError),
  details: z.record(z.string(), z.unknown()),
});
export type Fabric = z.infer<typeof Fabric>;

/** A group of machines in a fabric. */
export const Container = z.looseObject({
  friendlyName: z.string(),
  fabricKind: z.string(),
  fabricFriendlyName: z.string(),
});
export type Container = z.infer<typeof Container>;

/** A registered agent, written by the agent face. */
export const Provider = z.looseObject({
  friendlyName: z.string(),
  fabricKind: z.string(),
  fabricFriendlyName: z.string(),
  agentId: z.string(),
  machineName: z.string().optional(),
  version: z.string(),
  connected: z.boolean(),
  lastHeartbeatInMs: z.number().optional(),
  /** `Pending` from refreshProvider until the agent has looked for its machines anew. */
  discoveryStatus: z.string().optional(),
  discoveryRequestedAtInMs: z.number().optional(),
  protectedItemCount: z.number().default(0),
  healthErrors: z.array(HealthError).default([]),
});
export type Provider = z.infer<typeof Provider>;

/** A disk as its machine knows it. */
export const MachineDisk = z.looseObject({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  isOperatingSystem: z.boolean().default(false),
});
export type MachineDisk = z.infer<typeof MachineDisk>;

/** A machine that could be protected, written by the agent face from what agents report. */
export const ProtectableItem = z.looseObject({
  friendlyName: z.string(),
  /** `HyperVVirtualMachine`, `VmmVirtualMachine`, `VMwareVirtualMachine`. */
  kind: z.string(),
  providerId: z.string().optional(),
  protectedItemId: z.string().optional(),
  /** Scenarios it can be protected by. */
  scenarios: z.array(z.string()),
  readinessErrors: z.array(z.string()).default([]),
  operatingSystem: z.string().optional(),
  ipAddress: z.string().optional(),
  poweredOn: z.boolean().default(true),
  disks: z.array(MachineDisk),
});
export type ProtectableItem = z.infer<typeof ProtectableItem>;

/** A network of a fabric, reported by its agents or read from the target cloud. */
export const Network = z.looseObject({
  friendlyName: z.string(),
  networkType: z.string(),
  fabricKind: z.string(),
  subnets: z.array(z.looseObject({ name: z.string(), addressList: z.array(z.string()).default([]) })),
  logicalNetworkId: z.string().optional(),
});
export type Network = z.infer<typeof Network>;
