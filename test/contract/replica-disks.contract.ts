import { randomUUID } from 'node:crypto';
import type { ReplicaDisk } from '../../shared/ports/replica-disk';
import type { ReplicaDisks } from '../../shared/ports/replica-disks';

const mebibyte = 1024 * 1024;

/** What every ReplicaDisks must do. `disks` gives the same account or folder each time; ids are new in each test. */
export function describeReplicaDisks(name: string, disks: () => ReplicaDisks): void {
  describe(`${name} keeps replica disks`, () => {
    it('creates a disk once, and leaves it as it is when asked again', async () => {
      const id = randomUUID();
      const disk = await disks().create(id, mebibyte);
      await disk.raise(2);
      await write(disk, 0, 1, 2);
      const again = await disks().create(id, mebibyte);
      expect(await again.state()).toMatchObject({ number: 2, sizeBytes: mebibyte });
      expect(await byteAt(again, 0)).toBe(1);
      await expect(disks().create(id, 2 * mebibyte)).rejects.toMatchObject({ code: 'Conflict' });
    });

    it('refuses everything about a disk that is not there', async () => {
      const id = randomUUID();
      const disk = disks().open(id);
      const notFound = { code: 'NotFound' };
      await expect(disk.state()).rejects.toMatchObject(notFound);
      await expect(disk.raise(1)).rejects.toMatchObject(notFound);
      await expect(write(disk, 0, 1, 0)).rejects.toMatchObject(notFound);
      await expect(byteAt(disk, 0)).rejects.toMatchObject(notFound);
      await expect(disk.snapshots()).rejects.toMatchObject(notFound);
      await expect(disks().writtenRanges(id)).rejects.toMatchObject(notFound);
      await expect(disks().copy(id, 'none', randomUUID())).rejects.toMatchObject(notFound);
    });

    it('lists its disks, and no longer one that was removed with its snapshots', async () => {
      const ids: string[] = [randomUUID(), randomUUID()].sort();
      for (const id of ids) await disks().create(id, mebibyte);
      expect((await disks().list()).filter((id) => ids.includes(id))).toEqual(ids);
      const [first = '', second = ''] = ids;
      await disks()
        .open(first)
        .snapshot((await disks().open(first).state()).etag);
      await disks().remove(first);
      await disks().remove(first);
      expect((await disks().list()).filter((id) => ids.includes(id))).toEqual([second]);
      const anew = await disks().create(first, mebibyte);
      expect(await anew.snapshots()).toEqual([]);
    });

    it('grows a disk with zeros, for who has seen it last, and never shrinks it', async () => {
      const id = randomUUID();
      const disk = await disks().create(id, mebibyte);
      await write(disk, mebibyte - 512, 6, 0);
      const { etag } = await disk.state();
      await disks().grow(id, 2 * mebibyte, etag);
      const grown = await disks().open(id).state();
      expect(grown.sizeBytes).toBe(2 * mebibyte);
      expect(await byteAt(disk, mebibyte - 512)).toBe(6);
      const added = await disk.read({ offsetBytes: mebibyte, lengthBytes: mebibyte });
      expect(added.data.every((byte) => byte === 0)).toBe(true);
      await write(disk, 2 * mebibyte - 512, 8, 0);

      await disks().grow(id, mebibyte, (await disk.state()).etag);
      expect((await disks().open(id).state()).sizeBytes).toBe(2 * mebibyte);
      expect(await byteAt(disk, 2 * mebibyte - 512)).toBe(8);
    });

    it('does not grow a disk for who has not seen its latest number', async () => {
      const id = randomUUID();
      const disk = await disks().create(id, mebibyte);
      const { etag } = await disk.state();
      await disk.raise(2);
      await expect(disks().grow(id, 2 * mebibyte, etag)).rejects.toMatchObject({ code: 'StaleWriter' });
      expect((await disk.state()).sizeBytes).toBe(mebibyte);
    });

    it('makes a new disk of a snapshot, which then goes its own way', async () => {
      const [id, copyId] = [randomUUID(), randomUUID()];
      const disk = await disks().create(id, mebibyte);
      await write(disk, 0, 1, 0);
      const snapshot = await disk.snapshot((await disk.raise(4)).etag);
      await disk.raise(5);
      await write(disk, 0, 2, 5);

      const copy = await disks().copy(id, snapshot.id, copyId);
      expect(await copy.state()).toMatchObject({ number: 4, sizeBytes: mebibyte });
      expect(await byteAt(copy, 0)).toBe(1);
      await write(copy, 0, 3, 4);
      expect(await byteAt(disk, 0)).toBe(2);
      const again = await disks().copy(id, snapshot.id, copyId);
      expect(await byteAt(again, 0)).toBe(3);
      await disks().remove(id);
      expect(await byteAt(copy, 0)).toBe(3);
    });

    it('knows the ranges that may hold anything but zeros, now and in a snapshot', async () => {
      const id = randomUUID();
      const disk = await disks().create(id, mebibyte);
      expect(await disks().writtenRanges(id)).toEqual([]);
      await write(disk, 65_536, 1, 0);
      const snapshot = await disk.snapshot((await disk.raise(2)).etag);
      await write(disk, mebibyte - 512, 1, 2);
      expect(covers(await disks().writtenRanges(id), 65_536)).toBe(true);
      expect(covers(await disks().writtenRanges(id), mebibyte - 512)).toBe(true);
      expect(covers(await disks().writtenRanges(id), 3 * 65_536)).toBe(false);
      const then = await disks().writtenRanges(id, snapshot.id);
      expect(covers(then, 65_536)).toBe(true);
      expect(covers(then, mebibyte - 512)).toBe(false);
      for (const { offsetBytes, lengthBytes } of then) {
        expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(mebibyte);
      }
    });
  });
}

async function write(disk: ReplicaDisk, offsetBytes: number, value: number, atNumber: number): Promise<void> {
  const data = new Uint8Array(512).fill(value);
  await disk.write({ kind: 'data', offsetBytes, lengthBytes: 512, data }, atNumber);
}

async function byteAt(disk: ReplicaDisk, offsetBytes: number): Promise<number | undefined> {
  return (await disk.read({ offsetBytes, lengthBytes: 512 })).data[0];
}

function covers(
  ranges: readonly { readonly offsetBytes: number; readonly lengthBytes: number }[],
  at: number,
): boolean {
  return ranges.some(({ offsetBytes, lengthBytes }) => offsetBytes <= at && at < offsetBytes + lengthBytes);
}
