import * as fc from 'fast-check';
import { endOf, pageWriteLimitBytes, type Extent, type Range } from '../../../shared/model/extent';
import { fold } from '../../../shared/model/writes/fold';
import {
  azureCosts,
  planWrites,
  type PlannedWrite,
  type TransferCosts,
} from '../../../shared/model/writes/plan-writes';
import { bytesOf, regionBytes } from '../../../shared/model/writes/run';
import { applyPlainly } from '../../support/plain-disk';
import { anyExtents } from '../formats/arbitrary-logs';

const diskSizeBytes = 256 * 512;
const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

const anyCosts: fc.Arbitrary<TransferCosts> = fc.record({
  requestCost: fc.constantFrom(0.01, 1, 100, 100_000),
  byteCost: fc.constantFrom(0.0001, 0.001, 1),
  readByteCost: fc.constantFrom(0, 0.0001, 0.001),
});

describe('a plan of writes', () => {
  it('leaves the same bytes as the writes one after the other, at any costs', () => {
    const base = Buffer.from(Array.from({ length: diskSizeBytes }, (_, index) => index % 253));
    fc.assert(
      fc.property(anyExtents(diskSizeBytes, 60), anyCosts, (extents, costs) => {
        const disk = Buffer.from(base);
        for (const write of planWrites(fold(extents), costs)) carryOut(write, disk);
        expect(disk.equals(applyPlainly(extents, diskSizeBytes, base))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('may be carried out in any order, because no two of its writes share a byte', () => {
    fc.assert(
      fc.property(anyExtents(diskSizeBytes, 60), anyCosts, (extents, costs) => {
        const written = planWrites(fold(extents), costs).flatMap(rangesOf);
        written.sort((left, right) => left.offsetBytes - right.offsetBytes);
        for (const [index, range] of written.entries()) {
          expect(range.lengthBytes).toBeLessThanOrEqual(pageWriteLimitBytes);
          expect(endOf(range)).toBeLessThanOrEqual(written[index + 1]?.offsetBytes ?? diskSizeBytes);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never costs more than writing each run by itself', () => {
    fc.assert(
      fc.property(anyExtents(diskSizeBytes, 60), anyCosts, (extents, costs) => {
        const runs = fold(extents);
        const direct = runs.reduce(
          (sum, run) => sum + costs.requestCost + bytesMoved(run) * costs.byteCost,
          0,
        );
        const planned = planWrites(runs, costs).reduce((sum, write) => sum + costOf(write, costs), 0);
        expect(planned).toBeLessThanOrEqual(direct * (1 + 1e-9));
      }),
      { numRuns: 500 },
    );
  });

  it('reads, modifies and writes where many small writes crowd, and writes directly where they are few', () => {
    const crowded = Array.from({ length: 256 }, (_, index) => data(index * 16 * kibibyte, 4 * kibibyte));
    const [window, ...others] = planWrites(fold(crowded), azureCosts);
    expect(others).toEqual([]);
    expect(window).toMatchObject({ kind: 'window', offsetBytes: 0 });
    expect(window?.kind === 'window' && window.clusters.length).toBe(1);

    const sparse = Array.from({ length: 4 }, (_, index) => data(index * 4 * mebibyte, 4 * kibibyte));
    expect(planWrites(fold(sparse), azureCosts).map(({ kind }) => kind)).toEqual(Array(4).fill('write'));
  });

  it('treats the crowded half of a region as a window and the other half directly', () => {
    const crowded = Array.from({ length: 64 }, (_, index) => data(index * 16 * kibibyte, 4 * kibibyte));
    const far = [data(9 * mebibyte, 4 * kibibyte), data(15 * mebibyte, 4 * kibibyte)];
    const kinds = planWrites(fold([...far, ...crowded]), azureCosts).map(({ kind }) => kind);
    expect(kinds).toEqual(['window', 'write', 'write']);
  });

  it('writes a few zeros beside data with the data, and clears many', () => {
    const few: Extent[] = [
      data(0, 4096),
      { kind: 'zero', offsetBytes: 4096, lengthBytes: 512 },
      data(4608, 512),
    ];
    expect(planWrites(fold(few), azureCosts).map(({ kind }) => kind)).toEqual(['write']);
    const many: Extent[] = [data(0, 4096), { kind: 'zero', offsetBytes: 4096, lengthBytes: mebibyte }];
    expect(planWrites(fold(many), azureCosts).map(({ kind }) => kind)).toEqual(['write', 'clear']);
  });

  it('keeps windows within a region', () => {
    const extents = Array.from({ length: 4096 }, (_, index) => data(index * 4 * kibibyte, 512));
    for (const write of planWrites(fold(extents), { ...azureCosts, requestCost: 1e9 })) {
      expect(write.kind).toBe('window');
      expect(rangesOf(write).every(({ lengthBytes }) => lengthBytes <= pageWriteLimitBytes)).toBe(true);
      expect(write.kind === 'window' && write.lengthBytes).toBeLessThanOrEqual(regionBytes);
    }
  });
});

function carryOut(write: PlannedWrite, disk: Buffer): void {
  if (write.kind === 'clear') {
    disk.fill(0, write.offsetBytes, endOf(write));
  } else if (write.kind === 'write') {
    disk.set(bytesOf(write.run), write.run.offsetBytes);
  } else {
    const read = Buffer.from(disk.subarray(write.offsetBytes, endOf(write)));
    for (const cluster of write.clusters) {
      const bytes = read.subarray(
        cluster.offsetBytes - write.offsetBytes,
        endOf(cluster) - write.offsetBytes,
      );
      for (const run of cluster.runs) bytes.set(bytesOf(run), run.offsetBytes - cluster.offsetBytes);
      disk.set(bytes, cluster.offsetBytes);
    }
  }
}

function rangesOf(write: PlannedWrite): readonly Range[] {
  if (write.kind === 'write') return [write.run];
  return write.kind === 'clear' ? [write] : write.clusters;
}

function costOf(write: PlannedWrite, costs: TransferCosts): number {
  if (write.kind === 'clear') return costs.requestCost;
  if (write.kind === 'write') return costs.requestCost + write.run.lengthBytes * costs.byteCost;
  const writes = write.clusters.map((cluster) => costs.requestCost + cluster.lengthBytes * costs.byteCost);
  return writes.reduce((sum, cost) => sum + cost, costs.requestCost + write.lengthBytes * costs.readByteCost);
}

function bytesMoved(run: { kind: string; lengthBytes: number }): number {
  return run.kind === 'zero' ? 0 : run.lengthBytes;
}

function data(offsetBytes: number, lengthBytes: number): Extent {
  return { kind: 'data', offsetBytes, lengthBytes, data: new Uint8Array(lengthBytes).fill(7) };
}
