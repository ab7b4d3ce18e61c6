/** IPv4 addresses as numbers, and ranges in CIDR notation. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export function numberOf(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  const isAddress =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256);
  return isAddress ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

export function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function spanOf(range: string): Span | undefined {
  const [address = '', bits = ''] = range.split('/');
  const first = numberOf(address);
  const size = 2 ** (32 - Number(bits));
  const isRange = first !== undefined && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && first % size === 0;
  return isRange ? { first, last: first + size - 1 } : undefined;
}

export function isWithin(inner: Span, outer: Span): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}
