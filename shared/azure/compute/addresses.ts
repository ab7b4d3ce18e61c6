import type { VirtualNetwork } from '@azure/arm-network';
import { LifeboatError } from '../../errors';
import { parseArmId } from './arm-id';
import type { ArmClients } from './arm-clients';
import { asking, askingFor } from './arm-refusals';

export interface AddressQuestion {
  readonly networkId: string;
  readonly subnet: string;
  readonly wanted: string | undefined;
}

/** The wanted address if it is free, else undefined: the network gives the next one itself. */
export async function addressFor(
  clients: ArmClients,
  question: AddressQuestion,
): Promise<string | undefined> {
  const { wanted } = question;
  if (wanted === undefined) return undefined;
  const range = await rangeOf(clients, question);
  if (!isWithin(wanted, range)) return undefined;
  return (await check(clients, question.networkId, wanted)).available === true ? wanted : undefined;
}

/** The wanted address if it is free, else the first that is. */
export async function freeAddress(clients: ArmClients, question: AddressQuestion): Promise<string> {
  const kept = await addressFor(clients, question);
  if (kept !== undefined) return kept;
  const range = await rangeOf(clients, question);
  const first = textOf(spanOf(range).first + 4);
  const { available, availableIPAddresses } = await check(clients, question.networkId, first);
  const address = available === true ? first : availableIPAddresses?.find((one) => isWithin(one, range));
  if (address === undefined) {
    throw new LifeboatError('TargetQuotaExceeded', `The subnet ${question.subnet} has no free address.`);
  }
  return address;
}

export async function firstSubnet(clients: ArmClients, networkId: string): Promise<string> {
  const name = (await mustRead(clients, networkId)).subnets?.[0]?.name;
  if (name === undefined) throw new LifeboatError('TargetResourceMissing', `${networkId} has no subnet.`);
  return name;
}

async function rangeOf(clients: ArmClients, { networkId, subnet }: AddressQuestion): Promise<string> {
  const found = (await mustRead(clients, networkId)).subnets?.find(
    ({ name }) => name?.toLowerCase() === subnet.toLowerCase(),
  );
  if (found === undefined) {
    throw new LifeboatError('TargetResourceMissing', `The network ${networkId} has no subnet ${subnet}.`);
  }
  return found.addressPrefix ?? found.addressPrefixes?.[0] ?? '';
}

async function mustRead(clients: ArmClients, networkId: string): Promise<VirtualNetwork> {
  const { subscription, group, name } = parseArmId(networkId);
  const { virtualNetworks } = clients.network(subscription);
  const network = await askingFor(virtualNetworks.get(group, name));
  if (network === undefined) {
    throw new LifeboatError('TargetResourceMissing', `There is no network ${networkId}.`);
  }
  return network;
}

async function check(
  clients: ArmClients,
  networkId: string,
  address: string,
): Promise<{ available?: boolean; availableIPAddresses?: string[] }> {
  const { subscription, group, name } = parseArmId(networkId);
  const { virtualNetworks } = clients.network(subscription);
  return asking(virtualNetworks.checkIPAddressAvailability(group, name, address));
}

function isWithin(address: string, range: string): boolean {
  const value = numberOf(address);
  const { first, last } = spanOf(range);
  return value >= first && value <= last;
}

function spanOf(range: string): { readonly first: number; readonly last: number } {
  const [address = '', bits = ''] = range.split('/');
  const first = numberOf(address);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1 };
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
