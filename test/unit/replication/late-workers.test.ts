import type { ReplicationPorts } from '../../../shared/service/replication-ports';
import { pointName } from '../../../shared/model/target-names';
import { answerDoorbell } from '../../../shared/service/answer-doorbell';
import { pointPartition } from '../../../shared/service/points/announce-point';
import { replicaKey } from '../../../shared/service/replica/replica-records';
import { tidyReplica } from '../../../shared/service/upkeep/tidy-replica';
import { memoryReplication, type MemoryReplication } from '../../support/memory/memory-replication';
import { markerId, markerOf, protectedDisk, replicaId } from '../../support/memory/memory-source';

type Port = 'documents' | 'records';

/** Ports on which something else happens once, right before the first call that is `isIt`. */
function interrupted(
  ports: ReplicationPorts,
  port: Port,
  isIt: (method: string, first: unknown) => boolean,
  meanwhile: () => Promise<unknown>,
): ReplicationPorts {
  let isOver = false;
  const proxy = new Proxy<object>(ports[port], {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...parameters: unknown[]): unknown => {
        const act = (): unknown => Reflect.apply(method, target, parameters);
        if (isOver || !isIt(String(key), parameters[0])) return act();
        isOver = true;
        return meanwhile().then(act);
      };
    },
  });
  return { ...ports, [port]: proxy };
}

/** One that has applied a log with a marker and is about to deal with it. */
async function atMarker(): Promise<MemoryReplication> {
  const replication = memoryReplication();
  const source = await protectedDisk(replication);
  await source.put(await source.seal(1, markerOf()));
  return replication;
}

async function tidy({ ports, replicas }: MemoryReplication): Promise<void> {
  const record = await replicas.read(replicaId);
  if (record !== undefined) await tidyReplica(ports, record);
}

const rebase = ({ replicas }: MemoryReplication): Promise<unknown> =>
  replicas.startEpoch({ replicaId, kind: 'rebase', reason: 'test', job: 'another' });

const isManifestMade = (method: string, name: unknown): boolean =>
  method === 'create' && name === pointName(markerId);

describe('a worker that is late', () => {
  it('lists no point that it entered after its replica had left the marker', async () => {
    const replication = await atMarker();
    const { ports, target } = replication;
    const late = interrupted(ports, 'documents', isManifestMade, () => rebase(replication));
    await answerDoorbell(late, replicaId);
    await tidy(replication);
    expect(await replication.replicas.points(replicaId)).toEqual([]);
    expect([...target.documents.keys()].filter((name) => name.includes(markerId))).toEqual([]);
    expect(target.disks.get(replicaId)?.snapshots.filter(({ number }) => number % 2 === 0)).toEqual([]);
  });

  it('lists a point that it entered before its replica left the marker', async () => {
    const replication = await atMarker();
    const { ports, replicas } = replication;
    const isListed = (method: string, name: unknown): boolean =>
      method === 'replace' && name === pointName(markerId);
    const late = interrupted(ports, 'documents', isListed, async () => {
      await rebase(replication);
      await answerDoorbell(ports, replicaId);
    });
    await answerDoorbell(late, replicaId);
    await tidy(replication);
    expect((await replicas.points(replicaId)).map(({ state }) => state)).toEqual(['listed']);
  });

  it('gives up a point whose worker died before it saw the replica at the marker, once that has left', async () => {
    const replication = await atMarker();
    const { ports } = replication;
    const disks = { ...ports.disks, open: ports.disks.open.bind(ports.disks) };
    let isEntered = false;
    const dying: ReplicationPorts = {
      ...interrupted(ports, 'documents', isManifestMade, async () => {
        isEntered = true;
      }),
      disks: {
        ...disks,
        open: (id) => {
          if (isEntered) throw new Error('the worker was killed');
          return ports.disks.open(id);
        },
      },
    };
    await answerDoorbell(dying, replicaId);
    expect(isEntered).toBe(true);
    await rebase(replication);
    await tidy(replication);
    await tidy(replication);
    expect(await replication.replicas.points(replicaId)).toEqual([]);
    expect(replication.target.documents.has(pointName(markerId))).toBe(false);
  });

  it('shows no point of a replica that was removed while it announced it', async () => {
    const replication = await atMarker();
    const { ports, replicas } = replication;
    const isShown = (method: string, key: unknown): boolean =>
      method === 'put' && (key as { partition: string }).partition === pointPartition(replicaId);
    const late = interrupted(ports, 'records', isShown, () => replicas.remove(replicaId, 'disable'));
    await answerDoorbell(late, replicaId);
    expect(await replicas.read(replicaId)).toBeUndefined();
    expect((await ports.records.list(pointPartition(replicaId))).records).toEqual([]);
  });

  it('brings no record back of a replica that was removed while it made the record anew', async () => {
    const replication = await atMarker();
    const { ports, replicas } = replication;
    const { partition, id } = replicaKey(replicaId);
    await ports.records.remove({ partition, id });
    const isMade = (method: string, key: unknown): boolean =>
      method === 'create' && (key as { id: string }).id === id;
    const late = interrupted(ports, 'records', isMade, () => replicas.remove(replicaId, 'disable'));
    expect(await answerDoorbell(late, replicaId)).toEqual({ kind: 'unknown' });
    expect(await replicas.read(replicaId)).toBeUndefined();
  });
});
