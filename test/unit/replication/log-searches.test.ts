import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { LogName } from '../../../shared/ports/log-cache';
import { LogSearches } from '../../../shared/service/logs/log-searches';
import type { VerifiedLog } from '../../../shared/service/logs/verified-log';
import { everyPoint, memoryReplication } from '../../support/memory/memory-replication';
import { MemoryLogCache } from '../../support/memory/memory-log-cache';
import { MemoryReplicaDisks } from '../../support/memory/memory-replica-disks';
import type { MemoryTarget } from '../../support/memory/memory-target';
import { drainReplica } from '../../../shared/service/drain-replica';
import type { ReplicaDisk } from '../../../shared/ports/replica-disk';

const replicaId = '0f0f0f0f-0000-4000-a000-000000000001';
const diskSizeBytes = 8 * 512;
const nowhere = '0'.repeat(64);

/** A cache that says what was read of it. */
class WatchedCache extends MemoryLogCache {
  readonly said: string[] = [];

  override read(name: LogName): AsyncIterable<Uint8Array> {
    this.said.push(`read ${name.sequence}`);
    return super.read(name);
  }
}

async function putLogs(
  cache: MemoryLogCache,
  from: { readonly epoch: number; readonly chainHead: string },
  count: number,
): Promise<readonly string[]> {
  const digests = [from.chainHead];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const place = { replicaId, epoch: from.epoch, sequence };
    const previousDigest = digests[sequence - 1] ?? '';
    const times = { firstWriteTimeInMs: sequence, lastWriteTimeInMs: sequence };
    const data = Buffer.alloc(512, sequence);
    const extent = { kind: 'data', offsetBytes: 512 * sequence, lengthBytes: 512, data } as const;
    const header = { ...place, previousDigest, diskSizeBytes, ...times };
    const { bytes, digest } = await encodeChangeLog(header, [extent], { codec: 'none' });
    await cache.put({ ...place, attempt: 0 }, bytes);
    digests.push(digest);
  }
  return digests;
}

const placeOf = (sequence: number, previousDigest: string) => ({
  ...{ replicaId, position: { epoch: 1, sequence }, previousDigest, diskSizeBytes },
});

async function onlyData(log: VerifiedLog): Promise<Uint8Array> {
  for await (const [extent] of log.frames()) if (extent?.kind === 'data') return extent.data;
  throw new Error('the log holds nothing');
}

async function watchedEpoch(): Promise<{ cache: WatchedCache; searches: LogSearches }> {
  const cache = new WatchedCache();
  await cache.createEpoch(replicaId, 1);
  return { cache, searches: new LogSearches(cache, 1024 * 1024) };
}

describe('looking for a log before its turn', () => {
  it('reads it once', async () => {
    const { cache, searches } = await watchedEpoch();
    await putLogs(cache, { epoch: 1, chainHead: nowhere }, 1);
    searches.lookAhead(placeOf(1, nowhere));
    expect((await searches.find(placeOf(1, nowhere))).kind).toBe('found');
    expect(cache.said).toEqual(['read 1']);
  });

  it('looks again where there was nothing yet', async () => {
    const { cache, searches } = await watchedEpoch();
    searches.lookAhead(placeOf(1, nowhere));
    await putLogs(cache, { epoch: 1, chainHead: nowhere }, 1);
    expect((await searches.find(placeOf(1, nowhere))).kind).toBe('found');
  });

  it('leaves the log in hand as it is, and keeps the one after the next where it was', async () => {
    const { cache, searches } = await watchedEpoch();
    const digests = await putLogs(cache, { epoch: 1, chainHead: nowhere }, 3);
    const find = async (sequence: number): Promise<Uint8Array> => {
      const found = await searches.find(placeOf(sequence, digests[sequence - 1] ?? ''));
      if (found.kind !== 'found') throw new Error(`log ${sequence} was not found`);
      return onlyData(found.log);
    };
    const first = await find(1);
    searches.lookAhead(placeOf(2, digests[1] ?? ''));
    const second = await find(2);
    expect([first[0], second[0]]).toEqual([1, 2]);
    const third = await find(3);
    expect([second[0], third[0]]).toEqual([2, 3]);
    expect([third.buffer === first.buffer, third.buffer === second.buffer]).toEqual([true, false]);
  });

  it.each([
    ['chain', { previousDigest: '1'.repeat(64) }],
    ['disk', { diskSizeBytes: 512 }],
    ['place', { position: { epoch: 1, sequence: 2 } }],
    ['epoch', { position: { epoch: 2, sequence: 1 } }],
  ])('is of no use to another %s', async (_, other) => {
    const { cache, searches } = await watchedEpoch();
    await putLogs(cache, { epoch: 1, chainHead: nowhere }, 1);
    searches.lookAhead(placeOf(1, nowhere));
    expect(await searches.find({ ...placeOf(1, nowhere), ...other })).toMatchObject({ kind: 'missing' });
  });

  it('fails only in its turn', async () => {
    class UnreachableCache extends MemoryLogCache {
      override attempts(): Promise<never> {
        return Promise.reject(new Error('out of reach'));
      }
    }
    const searches = new LogSearches(new UnreachableCache(), 1024);
    searches.lookAhead(placeOf(1, nowhere));
    await expect(searches.drop()).resolves.toBeUndefined();
    await expect(searches.find(placeOf(1, nowhere))).rejects.toThrow('out of reach');
  });
});

class WatchedDisks extends MemoryReplicaDisks {
  constructor(
    target: MemoryTarget,
    private readonly said: string[],
  ) {
    super(target);
  }

  override open(id: string): ReplicaDisk {
    return watched(super.open(id), this.said);
  }
}

describe('draining a queue of logs', () => {
  it('reads the next log, and only that, while one is applied', async () => {
    const replication = memoryReplication();
    const cache = new WatchedCache();
    const ports = { ...replication.ports, cache };
    await replication.replicas.create({
      ...{ replicaId, sizeBytes: diskSizeBytes, ownerId: 'machine', policy: everyPoint },
    });
    const start = { replicaId, kind: 'rebase', reason: 'test', job: 'j' } as const;
    const begun = await replication.replicas.startEpoch(start);
    await cache.createEpoch(replicaId, begun.epoch);
    await putLogs(cache, begun, 4);
    const disks = new WatchedDisks(replication.target, cache.said);
    expect(await drainReplica({ ...ports, disks }, replicaId, everyPoint)).toMatchObject({ appliedLogs: 4 });
    const order = cache.said.join(', ');
    expect(order).toBe('read 1, written, read 2, read 3, written, read 4, written, written');
  });
});

function watched(disk: ReplicaDisk, said: string[]): ReplicaDisk {
  return {
    state: () => disk.state(),
    raise: (number, etag) => disk.raise(number, etag),
    clear: (range, atNumber) => disk.clear(range, atNumber),
    read: (range, snapshotId) => disk.read(range, snapshotId),
    snapshot: (etag) => disk.snapshot(etag),
    snapshots: () => disk.snapshots(),
    removeSnapshot: (id) => disk.removeSnapshot(id),
    write: async (extent, atNumber) => {
      // A write takes its time: long enough for whatever else is under way in memory.
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await disk.write(extent, atNumber);
      said.push('written');
    },
  };
}
