import type { LogHeader } from '../../../shared/model/change-log';
import { pointName } from '../../../shared/model/target-names';
import type { ReplicationPorts } from '../../../shared/service/replication-ports';
import { answerDoorbell } from '../../../shared/service/answer-doorbell';
import { tidyReplica } from '../../../shared/service/upkeep/tidy-replica';
import { MemoryReplicaDisks } from '../../support/memory/memory-replica-disks';
import { memoryReplication, type MemoryReplication } from '../../support/memory/memory-replication';
import {
  markerId,
  markerOf,
  protectedDisk,
  replicaId,
  sizeBytes,
  type MemorySource,
} from '../../support/memory/memory-source';

const otherId = '1f0f0f0f-0000-4000-a000-000000000001';

const firstBytes = ({ target }: MemoryReplication, id = replicaId): readonly (number | undefined)[] =>
  [0, 1, 2, 3].map((sector) => target.disks.get(id)?.content[sector * 512]);

describe('draining a replica', () => {
  it('applies what the cache holds, in order, and frees what is durable', async () => {
    const replication = memoryReplication();
    const source = await protectedDisk(replication);
    for (const value of [1, 2, 3]) await source.put(await source.seal(value));
    expect(await replication.replicas.drainNow(replicaId)).toEqual({
      reached: { epoch: 1, sequence: 3 },
      appliedLogs: 3,
    });
    expect(firstBytes(replication)).toEqual([0, 1, 2, 3]);
    expect(await replication.ports.cache.attempts(replicaId, 1, 2)).toEqual([]);
    expect(await replication.ports.cache.attempts(replicaId, 1, 3)).toHaveLength(1);
    expect((await replication.replicas.read(replicaId))?.durable).toEqual({ epoch: 1, sequence: 3 });
  });

  it('rings its own bell when its time is up', async () => {
    const replication = memoryReplication({ drainBudgetInMs: 0 });
    const source = await protectedDisk(replication);
    await source.put(await source.seal(1));
    await source.put(await source.seal(2));
    await replication.replicas.drainNow(replicaId);
    expect(replication.bells).toEqual([replicaId]);
    expect(firstBytes(replication)).toEqual([0, 1, 0, 0]);
  });

  // Method: let the k-th call to any store fail, for k = 1, 2, 3 ... until no call is left to fail.
  it('comes to the same end wherever a call to a store fails', async () => {
    for (let failing = 1; ; failing += 1) {
      const replication = memoryReplication();
      const source = await protectedDisk(replication);
      await source.put(await source.seal(1));
      await source.put(await source.seal(2, markerOf()));
      await source.put(await source.seal(3));
      const calls = { left: failing };
      const first = await answerDoorbell(failingPorts(replication.ports, calls), replicaId);
      replication.clock.nowInMs += 3_600_000;
      await answerDoorbell(replication.ports, replicaId);
      expect(firstBytes(replication)).toEqual([0, 1, 2, 3]);
      const points = await replication.replicas.points(replicaId);
      expect(points.map(({ pointId, state }) => [pointId, state])).toEqual([[markerId, 'listed']]);
      expect((await replication.replicas.read(replicaId))?.failure).toBeNull();
      if (calls.left > 0 && first.kind === 'drained') break;
      expect(failing).toBeLessThan(200);
    }
  });
});

/** Ports whose every method fails once the calls that are left have been used up. */
function failingPorts(ports: ReplicationPorts, calls: { left: number }): ReplicationPorts {
  const failing = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...parameters: unknown[]): unknown => {
          if (key !== 'open') calls.left -= 1;
          if (calls.left === 0 && key !== 'open') throw new Error('the connection was lost');
          const result: unknown = Reflect.apply(method, target, parameters);
          return key === 'open' ? failing(result as object) : result;
        };
      },
    });
  const { disks, cache, documents, barrier, events } = ports;
  return {
    ...ports,
    disks: failing(disks),
    cache: failing(cache),
    documents: failing(documents),
    barrier: failing(barrier),
    events: failing(events),
  };
}

describe('a bad log', () => {
  const bads: readonly (readonly [
    string,
    (source: MemorySource, good: Uint8Array) => Promise<Uint8Array>,
  ])[] = [
    ['LogTruncated', async (_, good) => good.subarray(0, good.length - 1)],
    ['LogTorn', async (_, good) => Buffer.from(good).fill(9, 200, 201)],
    ['LogUnknownVersion', async () => Buffer.alloc(400, 7)],
    ['LogForeignEpoch', async (source) => again(source, { epoch: 7 })],
    ['LogForeignEpoch', async (source) => again(source, { replicaId: otherId })],
    ['LogReordered', async (source) => again(source, { sequence: 5 })],
    ['LogReplayed', async (source) => again(source, { sequence: 1 })],
    ['LogBrokenChain', async (source) => again(source, { previousDigest: 'ab'.repeat(32) })],
    ['LogOutOfRange', async (source) => again(source, { diskSizeBytes: sizeBytes * 2 })],
  ];

  async function again(source: MemorySource, wrong: Partial<LogHeader>): Promise<Uint8Array> {
    source.sequence -= 1;
    return source.seal(2, wrong);
  }

  it.each(bads)('is refused with %s, asked for again, and never touches the replica', async (code, spoil) => {
    const replication = memoryReplication();
    const source = await protectedDisk(replication);
    await source.put(await source.seal(1));
    const good = await source.seal(2);
    await source.put(await spoil(source, good));
    await replication.replicas.drainNow(replicaId);
    expect(firstBytes(replication)).toEqual([0, 1, 0, 0]);
    const record = await replication.replicas.read(replicaId);
    expect(record?.missing).toMatchObject({ sequence: 2, attempt: 1, faults: [code] });

    await source.put(good, 1);
    await replication.replicas.drainNow(replicaId);
    expect(firstBytes(replication)).toEqual([0, 1, 2, 0]);
  });

  it('is quarantined when every upload of it is bad, and names what helps', async () => {
    const replication = memoryReplication();
    const source = await protectedDisk(replication);
    const good = await source.seal(1);
    for (const attempt of [0, 1, 2]) await source.put(good.subarray(0, 150), attempt);
    await replication.replicas.drainNow(replicaId);
    const record = await replication.replicas.read(replicaId);
    expect(record).toMatchObject({ health: 'Critical', resyncNeeded: 'corruptLog' });
    expect(record?.healthCauses.map(({ code }) => code)).toContain('LogQuarantined');
    expect(replication.events.map(({ type }) => type)).toContain('lifeboat.health.changed');

    await replication.replicas.startEpoch({ replicaId, kind: 'rebase', reason: 'corruptLog', job: 'k' });
    expect((await replication.replicas.read(replicaId))?.health).toBe('Normal');
  });
});

describe('a recovery point', () => {
  it('of two disks is shown, and not offered, until both hold it', async () => {
    const replication = memoryReplication();
    const first = await protectedDisk(replication);
    const second = await protectedDisk(replication, otherId);
    await first.put(await first.seal(1, markerOf([replicaId, otherId])));
    await replication.replicas.drainNow(replicaId);
    expect(await replication.replicas.points(replicaId)).toMatchObject([
      { state: 'partial', heldMembers: 1 },
    ]);
    await expect(replication.replicas.pinPoint(markerId, 'j')).rejects.toMatchObject({
      code: 'PointNotWhole',
    });

    await second.put(await second.seal(2, markerOf([replicaId, otherId])));
    await replication.replicas.drainNow(otherId);
    expect(await replication.replicas.points(replicaId)).toMatchObject([{ state: 'listed', heldMembers: 2 }]);
    const created = replication.events.filter(({ type }) => type === 'lifeboat.recovery-point.created');
    expect(created.map(({ id }) => id)).toEqual([`recovery-point-created/${markerId}`]);
  });

  it('stays as it was, whatever is written after it', async () => {
    const replication = memoryReplication();
    const source = await protectedDisk(replication);
    await source.put(await source.seal(1, markerOf()));
    await source.put(await source.seal(2));
    await replication.replicas.drainNow(replicaId);
    const toReplicaId = '2f0f0f0f-0000-4000-a000-000000000001';
    const moment = { kind: 'point', pointId: markerId } as const;
    await replication.replicas.materialise({ moment, replicaId, toReplicaId, job: 'test failover' });
    expect(firstBytes(replication, toReplicaId)).toEqual([0, 1, 0, 0]);
    expect((await replication.replicas.point(markerId))?.pins).toEqual([]);
  });

  it('that nothing holds stays as a no while its disk stands there, and goes once it has moved on', async () => {
    const replication = memoryReplication();
    const disks = new MemoryReplicaDisks(replication.target, { maySnapshot: () => false });
    const ports = { ...replication.ports, disks };
    const tidy = async (): Promise<boolean> => {
      await answerDoorbell(ports, replicaId);
      const record = await replication.replicas.read(replicaId);
      if (record !== undefined) await tidyReplica(ports, record);
      return replication.target.documents.has(pointName(markerId));
    };
    const source = await protectedDisk(replication);
    await source.put(await source.seal(1, markerOf()));
    expect(await tidy()).toBe(true);
    await source.put(await source.seal(2));
    expect(await tidy()).toBe(false);
  });

  it('goes with the last of its disks, and nothing is left', async () => {
    const replication = memoryReplication();
    const source = await protectedDisk(replication);
    await source.put(await source.seal(1, markerOf()));
    await replication.replicas.drainNow(replicaId);
    const record = await replication.replicas.read(replicaId);
    if (record !== undefined) await tidyReplica(replication.ports, record);
    await replication.replicas.remove(replicaId, 'disable');
    expect([...replication.target.documents.keys(), ...replication.target.disks.keys()]).toEqual([]);
    expect(await replication.replicas.points(replicaId)).toEqual([]);
    expect(await answerDoorbell(replication.ports, replicaId)).toEqual({ kind: 'unknown' });
  });
});
