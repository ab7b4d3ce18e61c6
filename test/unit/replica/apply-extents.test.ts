import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import type { Extent } from '../../../shared/model/extent';
import { fold } from '../../../shared/model/writes/fold';
import { azureCosts } from '../../../shared/model/writes/plan-writes';
import { extentOf } from '../../../shared/model/writes/run';
import type { ReplicaDisk } from '../../../shared/ports/replica-disk';
import { applyExtents, type ExtentSource } from '../../../shared/service/apply-extents';
import { MemoryReplicaDisks } from '../../support/memory/memory-replica-disks';
import { MemoryTarget } from '../../support/memory/memory-target';
import { applyPlainly } from '../../support/plain-disk';
import { anyExtents } from '../formats/arbitrary-logs';

const diskSizeBytes = 256 * 512;
const atNumber = 3;
const whole = { offsetBytes: 0, lengthBytes: diskSizeBytes };

/** From "requests are free" to "requests cost more than anything". */
const anyCosts = fc.constantFrom(0, 0.001, 2, 1e6).map((requestCost) => ({ ...azureCosts, requestCost }));

describe('applying extents to a replica disk', () => {
  it('leaves the same bytes as the writes one after the other, in any order and at any costs', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyExtents(diskSizeBytes),
        anyExtents(diskSizeBytes),
        anyCosts,
        fc.integer({ min: 1, max: 6 }),
        async (before, extents, costs, concurrency) => {
          const disk = await openDisk();
          await applyExtents(disk, sourceOf(before), { atNumber });
          await applyExtents(disk, sourceOf(extents), { atNumber, costs, concurrency });
          const expected = applyPlainly([...before, ...extents], diskSizeBytes);
          expect(Buffer.from((await disk.read(whole)).data).equals(expected)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives the same result streamed, when the extents are folded already', async () => {
    await fc.assert(
      fc.asyncProperty(anyExtents(diskSizeBytes), anyCosts, async (extents, costs) => {
        const [streamed, folded] = [await openDisk(), await openDisk()];
        const sorted = fold(extents).map(extentOf);
        const counts = await applyExtents(streamed, sourceOf(sorted, true), { atNumber, costs });
        expect(await applyExtents(folded, sourceOf(extents), { atNumber, costs })).toEqual(counts);
        const [left, right] = [await streamed.read(whole), await folded.read(whole)];
        expect(Buffer.from(left.data).equals(right.data)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('does no harm when done twice, nor beside another that applies the same', async () => {
    await fc.assert(
      fc.asyncProperty(anyExtents(diskSizeBytes), anyCosts, async (extents, costs) => {
        const disk = slowed(await openDisk());
        await Promise.all(
          [1, 3].map((concurrency) =>
            applyExtents(disk, sourceOf(extents), { atNumber, costs, concurrency }),
          ),
        );
        await applyExtents(disk, sourceOf(extents), { atNumber, costs });
        const expected = applyPlainly(extents, diskSizeBytes);
        expect(Buffer.from((await disk.read(whole)).data).equals(expected)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('stops when the disk has moved on, with nothing under way any more', async () => {
    const disk = slowed(await openDisk());
    let underWay = 0;
    const counting: ReplicaDisk = Object.assign(Object.create(disk) as ReplicaDisk, {
      write: async (...write: Parameters<ReplicaDisk['write']>) => {
        underWay += 1;
        try {
          if (write[0].offsetBytes === 20 * 1024) await disk.raise(5);
          await disk.write(...write);
        } finally {
          underWay -= 1;
        }
      },
    });
    const extents = Array.from({ length: 60 }, (_, index) => data(index * 2048, 1));
    const applying = applyExtents(counting, sourceOf(extents), {
      atNumber,
      costs: { ...azureCosts, requestCost: 0 },
    });
    await expect(applying).rejects.toMatchObject({ code: 'StaleWriter' });
    expect(underWay).toBe(0);
    expect((await disk.read({ offsetBytes: 40 * 1024, lengthBytes: 512 })).data[0]).toBe(0);
  });

  it('trusts no gap that was read under another number', async () => {
    const disk = await openDisk();
    const elsewhere: ReplicaDisk = Object.assign(Object.create(disk) as ReplicaDisk, {
      read: async () => ({ data: Buffer.alloc(diskSizeBytes), number: 5 }),
      write: (...write: Parameters<ReplicaDisk['write']>) => disk.write(...write),
    });
    const crowded = Array.from({ length: 60 }, (_, index) => data(index * 2048, 1));
    const applying = applyExtents(elsewhere, sourceOf(crowded), { atNumber, costs: azureCosts });
    await expect(applying).rejects.toMatchObject({ code: 'StaleWriter' });
    expect((await disk.read(whole)).data.every((byte) => byte === 0)).toBe(true);
  });

  it('passes on what the source of the extents refuses', async () => {
    const source: ExtentSource = {
      isSorted: true,
      frames: async function* () {
        yield [data(0, 1)];
        throw new Error('torn');
      },
    };
    await expect(applyExtents(await openDisk(), source, { atNumber })).rejects.toThrow('torn');
  });
});

async function openDisk(): Promise<ReplicaDisk> {
  const disk = await new MemoryReplicaDisks(new MemoryTarget()).create(randomUUID(), diskSizeBytes);
  await disk.raise(atNumber);
  return disk;
}

/** The same disk, whose writes take effect only after others had their turn. */
function slowed(disk: ReplicaDisk): ReplicaDisk {
  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
  };
  let calls = 0;
  return {
    state: () => disk.state(),
    raise: (...raise) => disk.raise(...raise),
    clear: async (...clear) => {
      await turns((calls += 7) % 11);
      await disk.clear(...clear);
    },
    write: async (...write) => {
      await turns((calls += 7) % 13);
      await disk.write(...write);
    },
    read: async (...read) => {
      const answer = await disk.read(...read);
      await turns((calls += 5) % 17);
      return answer;
    },
    snapshot: (etag) => disk.snapshot(etag),
    snapshots: () => disk.snapshots(),
    removeSnapshot: (id) => disk.removeSnapshot(id),
  };
}

function sourceOf(extents: readonly Extent[], isSorted = false): ExtentSource {
  return {
    isSorted,
    frames: async function* () {
      for (let at = 0; at < extents.length; at += 3) yield extents.slice(at, at + 3);
    },
  };
}

function data(offsetBytes: number, value: number): Extent {
  return { kind: 'data', offsetBytes, lengthBytes: 512, data: new Uint8Array(512).fill(value) };
}
