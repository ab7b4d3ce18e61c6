import { plainKind } from './carried';
import { disks, snapshots } from './disks';
import { extensions } from './extensions';
import type { Kind } from './kind';
import { machines } from './machines';
import { networkInterfaces, publicAddresses } from './network-interfaces';
import { networks } from './networks';

const all: readonly Kind[] = [
  machines,
  extensions,
  disks,
  snapshots,
  networks,
  networkInterfaces,
  publicAddresses,
  plainKind('Microsoft.Network/networkSecurityGroups'),
  plainKind('Microsoft.Network/loadBalancers'),
  plainKind('Microsoft.Compute/availabilitySets', 200),
  plainKind('Microsoft.Storage/storageAccounts'),
];

const byType = new Map(all.map((kind) => [kind.type.toLowerCase(), kind]));

export function kindOf(type: string): Kind | undefined {
  return byType.get(type.toLowerCase());
}

/** In this order a group is emptied: users before what they use. */
export const removalOrder: readonly string[] = [
  'microsoft.compute/virtualmachines',
  'microsoft.network/networkinterfaces',
  'microsoft.network/publicipaddresses',
];
