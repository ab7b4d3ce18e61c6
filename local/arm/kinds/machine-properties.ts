import { z } from 'zod';
import type { Resource } from '../data/resource';
import { Reference } from './fields';

const AttachedDisk = z.looseObject({
  createOption: z.literal('Attach', 'Only existing disks can be attached here.'),
  managedDisk: Reference,
  deleteOption: z.enum(['Delete', 'Detach']).optional(),
});
export const MachineProperties = z.looseObject({
  hardwareProfile: z.looseObject({ vmSize: z.string() }),
  storageProfile: z.looseObject({
    osDisk: AttachedDisk.extend({ osType: z.enum(['Linux', 'Windows']) }),
    dataDisks: z.array(AttachedDisk.extend({ lun: z.int() })).default([]),
  }),
  networkProfile: z.looseObject({ networkInterfaces: z.array(Reference).default([]) }).prefault({}),
  availabilitySet: Reference.nullish(),
});
export type MachineProperties = z.infer<typeof MachineProperties>;

export type Power = 'running' | 'stopped' | 'deallocated';

/** How far a machine is meant to run. */
export interface MachineInner {
  readonly power: Power;
  /** SHA-256 of its disks where they were materialised instead of booted. */
  readonly digests?: Readonly<Record<string, string>>;
}

export const machineType = 'Microsoft.Compute/virtualMachines';

export function machineInner(machine: Resource): MachineInner {
  return machine.inner as unknown as MachineInner;
}

export function machineProperties(machine: Resource): MachineProperties {
  return MachineProperties.parse(machine.properties);
}

/** The ids of its disks, the one it boots from first. */
export function disksOf(properties: MachineProperties): string[] {
  const { osDisk, dataDisks } = properties.storageProfile;
  return [osDisk.managedDisk.id, ...dataDisks.map(({ managedDisk }) => managedDisk.id)];
}
