import type { Database } from '../../store';
import { findResource, listResources } from '../data/resources';
import { badRequest, conflict } from '../failure';
import { machineProperties, machineType } from './machine-properties';

export interface Size {
  readonly name: string;
  readonly cores: number;
  readonly memoryInMb: number;
  readonly maxDataDisks: number;
}

/** Some sizes that every region has. */
export const sizes: readonly Size[] = [
  { name: 'Standard_B1ms', cores: 1, memoryInMb: 2048, maxDataDisks: 2 },
  { name: 'Standard_B2s', cores: 2, memoryInMb: 4096, maxDataDisks: 4 },
  { name: 'Standard_D2s_v3', cores: 2, memoryInMb: 8192, maxDataDisks: 4 },
  { name: 'Standard_D4s_v3', cores: 4, memoryInMb: 16_384, maxDataDisks: 8 },
  { name: 'Standard_D8s_v3', cores: 8, memoryInMb: 32_768, maxDataDisks: 16 },
  { name: 'Standard_D16s_v3', cores: 16, memoryInMb: 65_536, maxDataDisks: 32 },
];

export const quotaNames = { cores: 'Total Regional vCPUs', virtualMachines: 'Virtual Machines' } as const;
export type QuotaName = keyof typeof quotaNames;
const usual: Readonly<Record<QuotaName, number>> = { cores: 20_000, virtualMachines: 25_000 };

export function sizeOf(name: string): Size | undefined {
  return sizes.find((size) => size.name.toLowerCase() === name.toLowerCase());
}

export function limitOf(database: Database, location: string, name: QuotaName): number {
  const set = database.get<{ ceiling: number }>(
    'SELECT ceiling FROM quotas WHERE location = ? AND name = ?',
    ...[location, name],
  );
  return set === undefined ? usual[name] : Number(set.ceiling);
}

/** Refuses a machine that its region would not give. */
export function checkQuota(
  database: Database,
  { id, size, location }: { readonly id: string; readonly size: string; readonly location: string },
): void {
  const found = sizeOf(size);
  if (found === undefined) {
    throw badRequest(
      'InvalidParameter',
      `The value ${size} provided for the VM size is not valid. The valid sizes in the current region are: ${sizes.map(({ name }) => name).join(',')}.`,
    );
  }
  if (findResource(database, id) !== undefined) return;
  const used = usedCores(database, id.split('/').slice(0, 3).join('/'), location);
  refuseBeyond('cores', { limit: limitOf(database, location, 'cores'), used: used.cores, more: found.cores });
  refuseBeyond('virtualMachines', {
    limit: limitOf(database, location, 'virtualMachines'),
    used: used.machines,
    more: 1,
  });
}

function refuseBeyond(
  name: QuotaName,
  { limit, used, more }: { limit: number; used: number; more: number },
): void {
  if (used + more <= limit) return;
  throw conflict(
    'OperationNotAllowed',
    `Operation could not be completed as it results in exceeding approved ${quotaNames[name]} quota. Current Limit: ${limit}, Current Usage: ${used}, Additional Required: ${more}.`,
  );
}

export function usedCores(
  database: Database,
  subscription: string,
  location: string,
): { cores: number; machines: number } {
  const all = listResources(database, subscription, machineType).filter(
    (machine) => machine.location === location,
  );
  const cores = all.map((machine) => sizeOf(machineProperties(machine).hardwareProfile.vmSize)?.cores ?? 0);
  return { cores: cores.reduce((sum, some) => sum + some, 0), machines: all.length };
}
