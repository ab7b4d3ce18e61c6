import * as fc from 'fast-check';
import { endOf, pageWriteLimitBytes, type Extent } from '../../../shared/model/extent';
import { fold, isFolded } from '../../../shared/model/writes/fold';
import { extentOf, touches } from '../../../shared/model/writes/run';
import { applyPlainly } from '../../support/plain-disk';
import { anyExtents } from '../formats/arbitrary-logs';

const diskSizeBytes = 64 * 512;

describe('folding', () => {
  it('leaves the same bytes as the writes one after the other', () => {
    fc.assert(
      fc.property(anyExtents(diskSizeBytes), (extents) => {
        const folded = fold(extents).map(extentOf);
        expect(applyPlainly(folded, diskSizeBytes).equals(applyPlainly(extents, diskSizeBytes))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves exactly the sectors alone that no write touched', () => {
    const base = Buffer.alloc(diskSizeBytes, 0xee);
    fc.assert(
      fc.property(anyExtents(diskSizeBytes, 5), (extents) => {
        const folded = fold(extents).map(extentOf);
        const expected = applyPlainly(extents, diskSizeBytes, base);
        expect(applyPlainly(folded, diskSizeBytes, base).equals(expected)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is minimal: sorted, nothing twice, and no two neighbours that could be one', () => {
    fc.assert(
      fc.property(anyExtents(diskSizeBytes), (extents) => {
        const folded = fold(extents);
        expect(isFolded(folded)).toBe(true);
        for (const [index, run] of folded.entries()) {
          const next = folded[index + 1];
          expect(run.lengthBytes).toBeGreaterThan(0);
          expect(next !== undefined && touches(run, next) && run.kind === next.kind).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('merges data up to one page write, cuts it at regions, and zeros without limit', () => {
    const mebibyte = 1024 * 1024;
    const written = Array.from({ length: 24 }, (_, index) => data((3 + index) * mebibyte, mebibyte, index));
    const folded = fold([...written.toReversed(), zeros(0, 2 ** 40), ...written.slice(4)]);
    expect(folded.map(({ kind, offsetBytes, lengthBytes }) => [kind, offsetBytes, lengthBytes])).toEqual([
      ['zero', 0, 7 * mebibyte],
      ['data', 7 * mebibyte, pageWriteLimitBytes],
      ['data', 11 * mebibyte, pageWriteLimitBytes],
      ['data', 15 * mebibyte, mebibyte],
      ['data', 16 * mebibyte, pageWriteLimitBytes],
      ['data', 20 * mebibyte, pageWriteLimitBytes],
      ['data', 24 * mebibyte, 3 * mebibyte],
      ['zero', 27 * mebibyte, 2 ** 40 - 27 * mebibyte],
    ]);
  });

  it('of a hundred thousand writes to one place keeps the last', () => {
    const writes = Array.from({ length: 100_000 }, (_, index) => data(512, 1024, index % 251));
    const [only, ...others] = fold(writes).map(extentOf);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ offsetBytes: 512, lengthBytes: 1024 });
    expect(only?.kind === 'data' && only.data.every((byte) => byte === 99_999 % 251)).toBe(true);
  });

  it('of nothing is nothing', () => {
    expect(fold([])).toEqual([]);
  });
});

function data(offsetBytes: number, lengthBytes: number, value: number): Extent {
  return { kind: 'data', offsetBytes, lengthBytes, data: new Uint8Array(lengthBytes).fill(value) };
}

function zeros(offsetBytes: number, untilBytes: number): Extent {
  const extent: Extent = { kind: 'zero', offsetBytes, lengthBytes: untilBytes - offsetBytes };
  expect(endOf(extent)).toBe(untilBytes);
  return extent;
}
