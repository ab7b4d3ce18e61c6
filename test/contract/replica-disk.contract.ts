import { pageWriteLimitBytes, type DataExtent } from '../../shared/model/extent';
import type { ReplicaDisk } from '../../shared/ports/replica-disk';

/** Large enough for a whole page write and some more, small enough to be read whole. */
export const contractDiskBytes = 6 * 1024 * 1024;

/** What every ReplicaDisk must do. `create` gives a new disk of `contractDiskBytes` zeros each time. */
export function describeReplicaDisk(name: string, create: () => Promise<ReplicaDisk>): void {
  describe(`${name} is a replica disk`, () => {
    it('is born closed at number 0, and holds zeros', async () => {
      const disk = await create();
      expect(await disk.state()).toMatchObject({ number: 0, sizeBytes: contractDiskBytes });
      const { data, number } = await disk.read(whole);
      expect(number).toBe(0);
      expect(data.length).toBe(contractDiskBytes);
      expect(data.every((byte) => byte === 0)).toBe(true);
    });

    it('reads back what was written, and says at which number', async () => {
      const disk = await create();
      await disk.raise(7);
      await disk.write(extent(1024, 512, 1), 7);
      await disk.write(extent(1536, 1024, 2), 7);
      const { data, number } = await disk.read({ offsetBytes: 512, lengthBytes: 2560 });
      expect(number).toBe(7);
      expect([0, 512, 1024, 1536, 2048].map((at) => data[at])).toEqual([0, 1, 2, 2, 0]);
    });

    it('takes a whole page write, up to its very end, and nothing larger or beyond', async () => {
      const disk = await create();
      const atEnd = contractDiskBytes - pageWriteLimitBytes;
      await disk.write(extent(atEnd, pageWriteLimitBytes, 3), 0);
      expect((await disk.read({ offsetBytes: contractDiskBytes - 512, lengthBytes: 512 })).data[511]).toBe(3);
      for (const wrong of [
        extent(0, pageWriteLimitBytes + 512, 1),
        extent(contractDiskBytes - 512, 1024, 1),
        extent(contractDiskBytes, 512, 1),
        extent(100, 512, 1),
        extent(0, 100, 1),
        extent(0, 0, 1),
        { ...extent(0, 512, 1), lengthBytes: 1024 },
      ]) {
        await expect(disk.write(wrong, 0)).rejects.toMatchObject({ code: 'BadRequest' });
      }
      const beyond = { offsetBytes: contractDiskBytes, lengthBytes: 512 };
      await expect(disk.clear(beyond, 0)).rejects.toMatchObject({ code: 'BadRequest' });
      await expect(disk.read(beyond)).rejects.toMatchObject({ code: 'BadRequest' });
    });

    it('clears any length to zeros', async () => {
      const disk = await create();
      await disk.write(extent(0, pageWriteLimitBytes, 4), 0);
      await disk.clear({ offsetBytes: 512, lengthBytes: contractDiskBytes - 512 }, 0);
      const { data } = await disk.read(whole);
      expect(data.subarray(0, 512).every((byte) => byte === 4)).toBe(true);
      expect(data.subarray(512).every((byte) => byte === 0)).toBe(true);
    });

    it('refuses a writer that was left behind, and one that is ahead', async () => {
      const disk = await create();
      await disk.raise(5);
      for (const number of [0, 4, 6]) {
        await expect(disk.write(extent(0, 512, 9), number)).rejects.toMatchObject({ code: 'StaleWriter' });
        const cleared = disk.clear({ offsetBytes: 0, lengthBytes: 512 }, number);
        await expect(cleared).rejects.toMatchObject({ code: 'StaleWriter' });
      }
      expect((await disk.read({ offsetBytes: 0, lengthBytes: 512 })).data[0]).toBe(0);
    });

    it('moves its number up only, and tells what it is then', async () => {
      const disk = await create();
      const largest = Number.MAX_SAFE_INTEGER - 1;
      expect(await disk.raise(3)).toMatchObject({ number: 3, sizeBytes: contractDiskBytes });
      expect(await disk.raise(2)).toMatchObject({ number: 3 });
      expect(await disk.raise(largest)).toMatchObject({ number: largest });
      expect(await disk.state()).toMatchObject({ number: largest });
    });

    it('moves its number only for who has seen it last, when asked to', async () => {
      const disk = await create();
      const seen = await disk.state();
      const raised = await disk.raise(1, seen.etag);
      expect(raised.etag).not.toBe(seen.etag);
      await expect(disk.raise(2, seen.etag)).rejects.toMatchObject({ code: 'StaleWriter' });
      expect(await disk.raise(2, raised.etag)).toMatchObject({ number: 2 });
    });

    it('has the same etag until something changes, whatever was refused', async () => {
      const disk = await create();
      const { etag } = await disk.raise(1);
      await expect(disk.write(extent(0, 512, 1), 9)).rejects.toMatchObject({ code: 'StaleWriter' });
      await disk.snapshot(etag);
      expect((await disk.state()).etag).toBe(etag);
    });

    it('keeps a snapshot as it was, with its number', async () => {
      const disk = await create();
      await disk.write(extent(0, 1024, 1), 0);
      const { etag } = await disk.raise(2);
      const snapshot = await disk.snapshot(etag);
      expect(snapshot.number).toBe(2);
      expect(await disk.snapshots()).toEqual([snapshot]);

      await disk.raise(3);
      await disk.write(extent(512, 1024, 5), 3);
      await disk.clear({ offsetBytes: 0, lengthBytes: 512 }, 3);
      const then = await disk.read({ offsetBytes: 0, lengthBytes: 2048 }, snapshot.id);
      expect(then.number).toBe(2);
      expect([0, 512, 1024].map((at) => then.data[at])).toEqual([1, 1, 0]);
      const now = await disk.read({ offsetBytes: 0, lengthBytes: 2048 });
      expect([0, 512, 1024].map((at) => now.data[at])).toEqual([0, 5, 5]);
    });

    it('refuses a snapshot to who has not seen the latest number', async () => {
      const disk = await create();
      const { etag } = await disk.state();
      await disk.raise(2);
      await expect(disk.snapshot(etag)).rejects.toMatchObject({ code: 'StaleWriter' });
      expect(await disk.snapshots()).toEqual([]);
    });

    it('forgets a snapshot, and lets that be repeated', async () => {
      const disk = await create();
      const snapshot = await disk.snapshot((await disk.raise(2)).etag);
      await disk.removeSnapshot(snapshot.id);
      await disk.removeSnapshot(snapshot.id);
      expect(await disk.snapshots()).toEqual([]);
      await expect(disk.read({ offsetBytes: 0, lengthBytes: 512 }, snapshot.id)).rejects.toMatchObject({
        code: 'NotFound',
      });
    });

    it('hands out bytes that are the reader’s own', async () => {
      const disk = await create();
      const range = { offsetBytes: 0, lengthBytes: 512 };
      (await disk.read(range)).data.fill(9);
      expect((await disk.read(range)).data[0]).toBe(0);
    });

    it('lets no write in once its number was moved, however many were under way', async () => {
      const disk = await create();
      await disk.raise(1);
      const writes = Array.from({ length: 16 }, (_, index) =>
        disk.write(extent(index * 512, 512, 7), 1).then(
          () => true,
          () => false,
        ),
      );
      await disk.raise(2);
      const after = await disk.read({ offsetBytes: 0, lengthBytes: 16 * 512 });
      const wereIn = await Promise.all(writes);
      const final = await disk.read({ offsetBytes: 0, lengthBytes: 16 * 512 });
      expect(Buffer.from(final.data).equals(after.data)).toBe(true);
      expect(wereIn.map((wasIn, index) => (wasIn ? 7 : 0) === final.data[index * 512])).not.toContain(false);
    });
  });
}

const whole = { offsetBytes: 0, lengthBytes: contractDiskBytes };

function extent(offsetBytes: number, lengthBytes: number, value: number): DataExtent {
  return { kind: 'data', offsetBytes, lengthBytes, data: new Uint8Array(lengthBytes).fill(value) };
}
