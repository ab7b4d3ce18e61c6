/** Disks are written in sectors; every offset and length is a whole number of them. */
export const sectorBytes = 512;

/** The most that one page write may carry. */
export const pageWriteLimitBytes = 4 * 1024 * 1024;

export interface Range {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** A run of bytes written to a disk. */
export interface DataExtent extends Range {
  readonly kind: 'data';
  readonly data: Uint8Array;
}

/** A run of zeros: written as zeros, or given back by the file system. It carries no bytes. */
export interface ZeroExtent extends Range {
  readonly kind: 'zero';
}

export type Extent = DataExtent | ZeroExtent;

export function endOf({ offsetBytes, lengthBytes }: Range): number {
  return offsetBytes + lengthBytes;
}

export function isSectorAligned({ offsetBytes, lengthBytes }: Range): boolean {
  return offsetBytes % sectorBytes === 0 && lengthBytes % sectorBytes === 0;
}
