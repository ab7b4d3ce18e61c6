import * as fc from 'fast-check';
import type { LogHeader, Marker } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';
import { epochLimit, sequenceLimit } from '../../../shared/model/position';

const time = fc.integer({ min: 0, max: 2 ** 45 });
const identity = fc.uuid();

const anyMarker: fc.Arbitrary<Marker> = fc.record({
  id: identity,
  kind: fc.constantFrom('crash', 'app'),
  members: fc.uniqueArray(identity, { minLength: 1, maxLength: 9 }).map((members) => members.toSorted()),
  seenServiceTimeInMs: time,
  cutTimeInMs: time,
});

/** Any header a log of a disk of this size may have. */
export function anyHeader(diskSizeBytes: number): fc.Arbitrary<LogHeader> {
  return fc
    .record({
      replicaId: identity,
      epoch: fc.integer({ min: 1, max: epochLimit }),
      sequence: fc.integer({ min: 1, max: sequenceLimit - 1 }),
      previousDigest: fc.stringMatching(/^[0-9a-f]{64}$/),
      times: fc
        .tuple(time, time)
        .map(([left, right]) => [Math.min(left, right), Math.max(left, right)] as const),
      marker: fc.option(anyMarker, { nil: undefined }),
    })
    .map(({ times: [firstWriteTimeInMs, lastWriteTimeInMs], marker, ...rest }) => ({
      ...rest,
      diskSizeBytes,
      firstWriteTimeInMs,
      lastWriteTimeInMs,
      ...(marker === undefined ? {} : { marker }),
    }));
}

/** Any writes to a disk of this size: in any order, overlapping, some of them zeros. */
export function anyExtents(diskSizeBytes: number, maxLength = 40): fc.Arbitrary<Extent[]> {
  const sectors = diskSizeBytes / 512;
  const range = fc.tuple(fc.nat(sectors - 1), fc.integer({ min: 1, max: sectors })).map(([start, count]) => ({
    offsetBytes: start * 512,
    lengthBytes: Math.min(count, sectors - start) * 512,
  }));
  const extent = fc
    .tuple(range, fc.nat(255))
    .map(([at, value]): Extent =>
      value < 64
        ? { kind: 'zero', ...at }
        : { kind: 'data', ...at, data: new Uint8Array(at.lengthBytes).fill(value) },
    );
  return fc.array(extent, { maxLength });
}
