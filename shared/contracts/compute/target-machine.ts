import { z } from 'zod';
import { Owner } from './owner';

/** Where something is made: a resource group, which must be there (see TargetPlaces), and a region. */
export const TargetPlace = z.object({
  /** `/subscriptions/{id}/resourceGroups/{name}`. */
  resourceGroupId: z.string(),
  location: z.string(),
  zone: z.string().optional(),
});
export type TargetPlace = z.infer<typeof TargetPlace>;

/** A disk of a machine to be, with the content of a replica disk that nobody writes any more. */
export const DiskRequest = z.object({
  owner: Owner,
  place: TargetPlace,
  name: z.string(),
  /** The replica disk, as `Replicas.materialise` made it. It must stay for as long as the disk is not whole. */
  replicaId: z.string(),
  sizeBytes: z.number(),
  isOperatingSystem: z.boolean(),
  operatingSystem: z.enum(['Linux', 'Windows']).default('Linux'),
  /** `Premium_LRS`, `StandardSSD_LRS`, ... */
  kind: z.string().optional(),
});
export type DiskRequest = z.input<typeof DiskRequest>;

export const TargetDisk = z.object({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  /** The disk no longer reads from the replica it was made of: that one may go. */
  isWhole: z.boolean(),
});
export type TargetDisk = z.infer<typeof TargetDisk>;

/** An address of a network card to be. */
const AddressRequest = z.object({
  /** Taken if it is free and in the subnet; otherwise the next free one is. */
  address: z.string().optional(),
  publicAddress: z.boolean().default(false),
  /** The pools of load balancers that it is behind. */
  poolIds: z.array(z.string()).default([]),
});

/** What a card is called, where that was chosen. */
const CardName = z.object({
  name: z.string(),
  /** The name of its resource group; the machine's, if absent. */
  group: z.string().optional(),
  /** A card of this name that is there and in no machine is taken as it is, and never removed. One in use is left alone. */
  mayExist: z.boolean().default(false),
});

/** A network card to be. */
export const NicRequest = AddressRequest.extend({
  networkId: z.string(),
  /** The network's first subnet, if absent. */
  subnet: z.string().optional(),
  /** Beside the first, in the same subnet. */
  moreAddresses: z.array(AddressRequest).default([]),
  securityGroupId: z.string().optional(),
  card: CardName.optional(),
});
export type NicRequest = z.input<typeof NicRequest>;

/** A machine to be. */
export const MachineRequest = z.object({
  owner: Owner,
  place: TargetPlace,
  name: z.string(),
  size: z.string(),
  operatingSystem: z.enum(['Linux', 'Windows']).default('Linux'),
  /** Ids of disks made by `makeDisk`; the first is the one to boot from. */
  diskIds: z.array(z.string()).min(1),
  /** The first is the primary one. */
  nics: z.array(NicRequest),
  availabilitySetId: z.string().optional(),
});
export type MachineRequest = z.input<typeof MachineRequest>;

export const MachineNic = z.object({
  id: z.string(),
  networkId: z.string(),
  subnet: z.string(),
  address: z.string(),
  publicAddress: z.string().optional(),
  moreAddresses: z.array(z.string()).optional(),
  /** The pools of load balancers that any of its addresses is behind. */
  poolIds: z.array(z.string()).optional(),
});
export type MachineNic = z.infer<typeof MachineNic>;

export const AttachedDisk = z.object({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  isOperatingSystem: z.boolean(),
});
export type AttachedDisk = z.infer<typeof AttachedDisk>;

/** A machine as it is. */
export const Machine = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  zone: z.string().optional(),
  size: z.string(),
  operatingSystem: z.enum(['Linux', 'Windows']),
  availabilitySetId: z.string().optional(),
  disks: z.array(AttachedDisk),
  nics: z.array(MachineNic),
});
export type Machine = z.infer<typeof Machine>;

/**
 * What is known of how a machine came up. `booted`: its guest agent answers. `failed`: its console shows that it cannot
 * come up. `notBooted`: neither was seen; that is never to be reported as well.
 */
export const BootVerdict = z.enum(['booted', 'notBooted', 'failed']);
export type BootVerdict = z.infer<typeof BootVerdict>;

/** How a machine is doing. `stopped` is deallocated: nothing of it runs, and nothing of it can write. */
export const MachineLook = z.object({
  power: z.enum(['running', 'stopped', 'changing', 'failed']),
  boot: BootVerdict,
  /** The last part of its console, where there is one. */
  consoleTail: z.string(),
  machine: Machine,
});
export type MachineLook = z.infer<typeof MachineLook>;

/** Something made in the target cloud, by its ARM id. */
export const MadeResource = z.object({
  id: z.string(),
  /** `Microsoft.Compute/virtualMachines`, ... */
  type: z.string(),
});
export type MadeResource = z.infer<typeof MadeResource>;
