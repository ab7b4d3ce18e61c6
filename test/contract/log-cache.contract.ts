import { randomUUID } from 'node:crypto';
import type { LogCache, LogName } from '../../shared/ports/log-cache';

/** What every LogCache must do. `cache` gives the same cache each time; replica ids are new in each test. */
export function describeLogCache(name: string, cache: () => LogCache): void {
  describe(`${name} is a log cache`, () => {
    it('gives back what was put, under its name', async () => {
      const log = nameOf(randomUUID(), 1, 1);
      await cache().createEpoch(log.replicaId, 1);
      const bytes = Buffer.alloc(300_000, 'change log ');
      await cache().put(log, bytes);
      expect((await contentOf(cache().read(log))).equals(bytes)).toBe(true);
      expect(await cache().attempts(log.replicaId, 1, 1)).toEqual([{ ...log, sizeBytes: bytes.length }]);
    });

    it('never overwrites', async () => {
      const log = nameOf(randomUUID(), 1, 1);
      await cache().createEpoch(log.replicaId, 1);
      await cache().put(log, Buffer.from('first'));
      await expect(cache().put(log, Buffer.from('other'))).rejects.toMatchObject({ code: 'Conflict' });
      expect((await contentOf(cache().read(log))).toString()).toBe('first');
    });

    it('finds all uploads of one sequence, lowest attempt first, even if the first is gone', async () => {
      const replicaId = randomUUID();
      await cache().createEpoch(replicaId, 3);
      for (const attempt of [2, 0, 1]) {
        await cache().put({ ...nameOf(replicaId, 3, 10), attempt }, Buffer.from('x'));
      }
      await cache().put(nameOf(replicaId, 3, 1), Buffer.from('another'));
      await cache().put(nameOf(replicaId, 3, 100), Buffer.from('another'));
      const attempts = async (): Promise<number[]> =>
        (await cache().attempts(replicaId, 3, 10)).map(({ attempt }) => attempt);
      expect(await attempts()).toEqual([0, 1, 2]);
      await cache().remove(nameOf(replicaId, 3, 10));
      expect(await attempts()).toEqual([1, 2]);
      expect(await cache().attempts(replicaId, 3, 11)).toEqual([]);
    });

    it('lists an epoch from a sequence on, in order', async () => {
      const replicaId = randomUUID();
      await cache().createEpoch(replicaId, 1);
      for (const sequence of [1000, 2, 9, 10, 68_719_476_735]) {
        await cache().put(nameOf(replicaId, 1, sequence), Buffer.from('x'));
      }
      await cache().put({ ...nameOf(replicaId, 1, 10), attempt: 1 }, Buffer.from('xy'));
      const listed = await collect(cache().list(replicaId, 1, 9));
      expect(listed.map(({ sequence, attempt, sizeBytes }) => [sequence, attempt, sizeBytes])).toEqual([
        [9, 0, 1],
        [10, 0, 1],
        [10, 1, 2],
        [1000, 0, 1],
        [68_719_476_735, 0, 1],
      ]);
    });

    it('keeps epochs and replicas apart', async () => {
      const [left, right] = [randomUUID(), randomUUID()];
      for (const [replicaId, epoch] of [
        [left, 1],
        [left, 11],
        [right, 1],
      ] as const) {
        await cache().createEpoch(replicaId, epoch);
        await cache().put(nameOf(replicaId, epoch, 1), Buffer.from(`${replicaId} ${epoch}`));
      }
      const ofLeft = await collect(cache().epochs(left));
      expect(ofLeft.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual([1, 11]);
      const all = (await collect(cache().epochs())).map(({ replicaId }) => replicaId);
      expect(all).toEqual(expect.arrayContaining([left, right]));
      await cache().removeEpoch(left, 1);
      expect(await cache().attempts(left, 1, 1)).toEqual([]);
      expect((await contentOf(cache().read(nameOf(left, 11, 1)))).toString()).toBe(`${left} 11`);
      expect((await contentOf(cache().read(nameOf(right, 1, 1)))).toString()).toBe(`${right} 1`);
    });

    it('lets creating and removing be repeated, and holds nothing of an epoch that is not there', async () => {
      const replicaId = randomUUID();
      const log = nameOf(replicaId, 1, 1);
      await expect(cache().put(log, Buffer.from('x'))).rejects.toMatchObject({ code: 'NotFound' });
      await cache().createEpoch(replicaId, 1);
      await cache().createEpoch(replicaId, 1);
      await expect(contentOf(cache().read(log))).rejects.toMatchObject({ code: 'NotFound' });
      await cache().put(log, Buffer.from('x'));
      await cache().remove(log);
      await cache().remove(log);
      expect(await cache().attempts(replicaId, 1, 1)).toEqual([]);
      await cache().removeEpoch(replicaId, 1);
      await cache().removeEpoch(replicaId, 1);
      await cache().remove(log);
      expect(await collect(cache().epochs(replicaId))).toEqual([]);
      expect(await cache().attempts(replicaId, 1, 1)).toEqual([]);
      expect(await collect(cache().list(replicaId, 1, 1))).toEqual([]);
      await expect(contentOf(cache().read(log))).rejects.toMatchObject({ code: 'NotFound' });
    });
  });
}

function nameOf(replicaId: string, epoch: number, sequence: number): LogName {
  return { replicaId, epoch, sequence, attempt: 0 };
}

async function contentOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await collect(chunks));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
