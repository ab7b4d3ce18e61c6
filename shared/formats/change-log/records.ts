import { LifeboatError } from '../../errors';
import { endOf, sectorBytes, type Extent, type Range } from '../../model/extent';
import { recordBytes, recordKinds } from './layout';

/** The table of a frame: where each of its extents goes. Data of data extents follows in the same order. */
export function encodeRecords(extents: readonly Extent[]): Buffer {
  const table = Buffer.alloc(extents.length * recordBytes);
  extents.forEach(({ kind, offsetBytes, lengthBytes }, index) => {
    const at = index * recordBytes;
    table.writeUIntLE(offsetBytes / sectorBytes, at, 6);
    table.writeUInt32LE(lengthBytes / sectorBytes, at + 6);
    table.writeUInt16LE(recordKinds[kind], at + 10);
  });
  return table;
}

/** The extents of one frame. Their data are views of `body`: nothing is copied. */
export function decodeRecords(table: Buffer, body: Uint8Array, diskSizeBytes: number): readonly Extent[] {
  const extents: Extent[] = [];
  let consumedBytes = 0;
  for (let at = 0; at < table.length; at += recordBytes) {
    const range = {
      offsetBytes: table.readUIntLE(at, 6) * sectorBytes,
      lengthBytes: table.readUInt32LE(at + 6) * sectorBytes,
    };
    expectWithinDisk(range, diskSizeBytes);
    const kind = table.readUInt16LE(at + 10);
    if (kind === recordKinds.zero) {
      extents.push({ kind: 'zero', ...range });
    } else if (kind === recordKinds.data) {
      const data = body.subarray(consumedBytes, consumedBytes + range.lengthBytes);
      consumedBytes += range.lengthBytes;
      if (consumedBytes > body.length) break;
      extents.push({ kind: 'data', ...range, data });
    } else {
      throw new LifeboatError('LogUnknownVersion', `A record is of an unknown kind, ${kind}.`);
    }
  }
  if (consumedBytes === body.length) return extents;
  throw new LifeboatError(
    'LogCorrupt',
    `The records of a frame claim ${consumedBytes} bytes; it holds ${body.length}.`,
  );
}

/** Refuses what no disk of this size can hold, whoever says it. */
export function expectWithinDisk(range: Range, diskSizeBytes: number): void {
  if (endOf(range) > diskSizeBytes) {
    throw new LifeboatError(
      'LogOutOfRange',
      `A write of ${range.lengthBytes} bytes at ${range.offsetBytes} ends beyond the disk's ${diskSizeBytes}.`,
    );
  }
  if (range.lengthBytes === 0) throw new LifeboatError('LogCorrupt', 'A record writes nothing.');
}
