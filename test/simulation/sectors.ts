import { sectorBytes, type Extent } from '../../shared/model/extent';

/** A disk as the simulation thinks of it: one small value for each sector, which is filled with it. */
export type Sectors = Uint8Array;

/** How many different values there are: so few that sectors often change and change back. */
export const valueLimit = 4;

export interface SectorWrite {
  readonly sector: number;
  readonly values: readonly number[];
}

const patterns = Array.from({ length: valueLimit }, (_, value) => Buffer.alloc(sectorBytes, value));

/** The first sector whose bytes are not what they should be, or -1. What lies beyond `sectors` must be zeros. */
export function firstDifference(content: Buffer, sectors: Sectors): number {
  const count = Math.max(content.length / sectorBytes, sectors.length);
  for (let sector = 0; sector < count; sector += 1) {
    const pattern = patterns[sectors[sector] ?? 0] as Buffer;
    const at = sector * sectorBytes;
    if (content.compare(pattern, 0, sectorBytes, at, at + sectorBytes) !== 0) return sector;
  }
  return -1;
}

export function sectorsOf(content: Buffer): Sectors {
  return Uint8Array.from(
    { length: content.length / sectorBytes },
    (_, sector) => content[sector * sectorBytes] ?? 0,
  );
}

export function afterWrites(before: Sectors, writes: readonly SectorWrite[], count: number): Sectors {
  const sectors = new Uint8Array(count);
  sectors.set(before.subarray(0, count));
  for (const { sector, values } of writes) sectors.set(values, sector);
  return sectors;
}

/** A write as extents: zeros as a range, as an agent would say it. */
export function extentsOf({ sector, values }: SectorWrite): readonly Extent[] {
  const range = { offsetBytes: sector * sectorBytes, lengthBytes: values.length * sectorBytes };
  if (values.every((value) => value === 0)) return [{ kind: 'zero', ...range }];
  return [{ kind: 'data', ...range, data: Buffer.concat(values.map((value) => patterns[value] as Buffer)) }];
}

/** The bytes of some sectors, to be digested. */
export function bytesOf(sectors: Sectors, from: number, count: number): Buffer {
  return Buffer.concat(
    Array.from(sectors.subarray(from, from + count), (value) => patterns[value] as Buffer),
  );
}
