import type { Database } from '../../store';
import { badRequest } from '../failure';
import { numberOf, spanOf, textOf, type Span } from './address';
import { keyOf } from './resource';

export interface Subnet {
  readonly id: string;
  readonly range: string;
}

/** As in Azure: the first four addresses of a subnet and its last are the network's own. */
function usable(range: string): Span {
  const span = spanOf(range) ?? { first: 1, last: 0 };
  return { first: span.first + 4, last: span.last - 1 };
}

/** Gives one address to a holder: this one or a refusal, or the next free one. */
export function takeAddress(
  database: Database,
  subnet: Subnet,
  { holder, wanted }: { readonly holder: string; readonly wanted?: string | undefined },
): string {
  const address =
    wanted === undefined
      ? freeAddresses(database, subnet, 1)[0]
      : checked(database, subnet, { holder, wanted });
  if (address === undefined) {
    throw badRequest(
      'SubnetIsFull',
      `Subnet ${subnet.id} with address prefix ${subnet.range} does not have enough capacity for 1 IP addresses.`,
    );
  }
  database.run('INSERT OR REPLACE INTO addresses VALUES (?, ?, ?)', keyOf(subnet.id), address, keyOf(holder));
  return address;
}

export function giveAddressesBack(database: Database, holder: string): void {
  database.run('DELETE FROM addresses WHERE holder = ?', keyOf(holder));
}

export function holderOf(database: Database, subnetId: string, address: string): string | undefined {
  return database.get<{ holder: string }>(
    'SELECT holder FROM addresses WHERE subnet = ? AND address = ?',
    ...[keyOf(subnetId), address],
  )?.holder;
}

export function freeAddresses(database: Database, { id, range }: Subnet, limit: number): string[] {
  const rows = database.all<{ address: string }>('SELECT address FROM addresses WHERE subnet = ?', keyOf(id));
  const used = new Set(rows.map(({ address }) => address));
  const { first, last } = usable(range);
  const free: string[] = [];
  for (let address = first; address <= last && free.length < limit; address++) {
    if (!used.has(textOf(address))) free.push(textOf(address));
  }
  return free;
}

export function isUsable(range: string, address: string): boolean {
  const value = numberOf(address);
  const { first, last } = usable(range);
  return value !== undefined && value >= first && value <= last;
}

function checked(
  database: Database,
  { id, range }: Subnet,
  { holder, wanted }: { readonly holder: string; readonly wanted: string },
): string {
  if (!isUsable(range, wanted)) {
    throw badRequest(
      'PrivateIPAddressNotInSubnet',
      `Private static IP address ${wanted} does not belong to the range of subnet prefix ${range}.`,
    );
  }
  const by = holderOf(database, id, wanted);
  if (by !== undefined && by !== keyOf(holder)) {
    throw badRequest(
      'PrivateIPAddressIsAllocated',
      `IP configuration ${holder} is using the private IP address ${wanted} which is already allocated to resource ${by}.`,
    );
  }
  return wanted;
}
