import { LifeboatError } from '../../../shared/errors';
import type { TargetNetwork } from '../../../shared/contracts/compute/target-place';

/** Addresses of one network. As in Azure the first four and the last of a subnet are never given. */
export class MemoryNetwork {
  readonly #used = new Set<string>();

  constructor(
    readonly network: TargetNetwork,
    readonly tags: Readonly<Record<string, string>>,
  ) {}

  free(subnetName: string | undefined, wanted?: string): string {
    const subnet = this.subnet(subnetName);
    const { first, last } = spanOf(subnet.range);
    const inside = (address: number): boolean => address >= first + 4 && address < last;
    if (wanted !== undefined && inside(numberOf(wanted)) && !this.#used.has(wanted)) return wanted;
    for (let address = first + 4; address < last; address++) {
      if (!this.#used.has(textOf(address))) return textOf(address);
    }
    throw new LifeboatError('TargetQuotaExceeded', `The subnet ${subnet.name} has no free address.`);
  }

  subnet(name: string | undefined): { name: string; range: string } {
    const found = this.network.subnets.find((subnet) => name === undefined || subnet.name === name);
    if (found === undefined) {
      throw new LifeboatError('TargetResourceMissing', `${this.network.id} has no subnet ${String(name)}.`);
    }
    return found;
  }

  take(address: string): void {
    this.#used.add(address);
  }

  give(address: string): void {
    this.#used.delete(address);
  }
}

function spanOf(range: string): { first: number; last: number } {
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
