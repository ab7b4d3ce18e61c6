import { assert } from '../../assert';
import { LifeboatError } from '../../errors';
import { isSectorAligned, sectorBytes, type Extent } from '../../model/extent';
import { frameDataLimitBytes, frameRecordLimit } from './layout';
import { expectWithinDisk } from './records';

/** The longest run of zeros one record can name. */
const zeroRecordLimitBytes = (2 ** 32 - 1) * sectorBytes;

/** Splits extents so that each group fits one frame, in the order they came. */
export function* packFrames(extents: Iterable<Extent>, diskSizeBytes: number): Generator<readonly Extent[]> {
  let frame: Extent[] = [];
  let roomBytes = frameDataLimitBytes;
  for (const extent of extents) {
    expectWritable(extent, diskSizeBytes);
    for (let doneBytes = 0; doneBytes < extent.lengthBytes;) {
      const piece = pieceOf(extent, doneBytes, roomBytes);
      frame.push(piece);
      doneBytes += piece.lengthBytes;
      if (piece.kind === 'data') roomBytes -= piece.lengthBytes;
      if (roomBytes === 0 || frame.length === frameRecordLimit) {
        yield frame;
        frame = [];
        roomBytes = frameDataLimitBytes;
      }
    }
  }
  if (frame.length > 0) yield frame;
}

function pieceOf(extent: Extent, doneBytes: number, roomBytes: number): Extent {
  const offsetBytes = extent.offsetBytes + doneBytes;
  const leftBytes = extent.lengthBytes - doneBytes;
  if (extent.kind === 'zero') {
    return { kind: 'zero', offsetBytes, lengthBytes: Math.min(leftBytes, zeroRecordLimitBytes) };
  }
  const lengthBytes = Math.min(leftBytes, roomBytes);
  const data = extent.data.subarray(doneBytes, doneBytes + lengthBytes);
  return { kind: 'data', offsetBytes, lengthBytes, data };
}

function expectWritable(extent: Extent, diskSizeBytes: number): void {
  if (!isSectorAligned(extent)) {
    throw new LifeboatError(
      'LogUnaligned',
      `A write of ${extent.lengthBytes} bytes at ${extent.offsetBytes} is not whole sectors.`,
    );
  }
  expectWithinDisk(extent, diskSizeBytes);
  assert(
    extent.kind === 'zero' || extent.data.length === extent.lengthBytes,
    'an extent carries other than its length',
  );
}
