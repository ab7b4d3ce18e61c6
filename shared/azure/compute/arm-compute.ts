import type { SourceMachines } from '../../ports/compute/source-machines';
import type { TargetCatalog } from '../../ports/compute/target-catalog';
import type { TargetMachines } from '../../ports/compute/target-machines';
import type { TargetPlaces } from '../../ports/compute/target-places';
import { ArmClients, type ArmClientOptions } from './arm-clients';
import { ArmSourceMachines } from './arm-source-machines';
import { ArmTargetCatalog } from './arm-target-catalog';
import { ArmTargetMachines } from './arm-target-machines';
import { ArmTargetPlaces } from './arm-target-places';
import { MachineReader } from './machine-reader';
import { MadeResources } from './made-resources';
import { NetworkCards } from './network-cards';

export interface ArmComputeOptions extends ArmClientOptions {
  /** The blob endpoint of the account that the replica disks live in. */
  readonly replicaEndpoint: string;
  /** The ARM id of that account. */
  readonly storageAccountId: string;
  /** Where things may be made beside the subscriptions of the vaults. */
  readonly subscriptions?: readonly string[];
}

export interface Compute {
  readonly machines: TargetMachines;
  readonly places: TargetPlaces;
  readonly catalog: TargetCatalog;
  readonly sources: SourceMachines;
}

/** The ports of the target cloud, on Resource Manager. */
export function armCompute(options: ArmComputeOptions): Compute {
  const clients = new ArmClients(options);
  const cards = new NetworkCards(clients);
  const reader = new MachineReader(clients, cards);
  const made = new MadeResources(clients, options.subscriptions ?? []);
  const urlOf = (replicaId: string): string =>
    `${options.replicaEndpoint.replace(/\/$/, '')}/replicas/${replicaId}.vhd`;
  const replicas = { urlOf, storageAccountId: options.storageAccountId };
  return {
    machines: new ArmTargetMachines({ clients, cards, reader, made, replicas }),
    places: new ArmTargetPlaces(clients),
    catalog: new ArmTargetCatalog(clients),
    sources: new ArmSourceMachines({ clients, reader, made }),
  };
}
