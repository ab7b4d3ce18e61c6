import type { Extent } from '../../shared/model/extent';

/** The content of a disk of zeros after these writes, one after the other: what every cleverer way is compared with. */
export function applyPlainly(extents: Iterable<Extent>, diskSizeBytes: number, base?: Buffer): Buffer {
  const disk = base === undefined ? Buffer.alloc(diskSizeBytes) : Buffer.from(base);
  for (const extent of extents) {
    if (extent.kind === 'data') disk.set(extent.data, extent.offsetBytes);
    else disk.fill(0, extent.offsetBytes, extent.offsetBytes + extent.lengthBytes);
  }
  return disk;
}
