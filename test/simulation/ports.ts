import type { ReplicationMeasures, ReplicationPorts } from '../../shared/service/replication-ports';
import { usualMeasures } from '../../shared/service/replication-ports';
import type { LogCache } from '../../shared/ports/log-cache';
import type { Records } from '../../shared/ports/records';
import type { ReplicaDisk } from '../../shared/ports/replica-disk';
import type { ReplicaDisks } from '../../shared/ports/replica-disks';
import type { TargetDocuments } from '../../shared/ports/target-documents';
import { MemoryReplicaDisk } from '../support/memory/memory-replica-disk';
import { MemoryReplicaDisks } from '../support/memory/memory-replica-disks';
import { MemoryTargetDocuments } from '../support/memory/memory-target-documents';
import type { Oracle } from './oracle';
import type { Process, Store, World } from './world';

type Method = (...parameters: readonly unknown[]) => unknown;

const listing = new Set(['epochs', 'list', 'read', 'bytes']);

export function measuresOf({ profile }: World): ReplicationMeasures {
  return {
    ...usualMeasures,
    drainBudgetInMs: 400,
    inMemoryLimitBytes: profile.readsTwice ? 300 : usualMeasures.inMemoryLimitBytes,
    digestBlockBytes: 1024,
    digestSegmentBlocks: 4,
    tidyIntervalInMs: 4 * 60_000,
    silenceLimitInMs: 5 * 60_000,
    ...(profile.readsModifyWrite ? { costs: { requestCost: 50, byteCost: 0.001, readByteCost: 0.001 } } : {}),
  };
}

/** The stores as one process reaches them: over a network that is not to be trusted. */
export function portsOf(process: Process, oracle: Oracle, measures: ReplicationMeasures): ReplicationPorts {
  const { world } = process;
  const limits = {
    maySnapshot: () => world.isQuiet || !world.chance.happens(world.profile.snapshotRefusalRate),
  };
  const disks = new MemoryReplicaDisks(world.target, limits);
  const documents = new MemoryTargetDocuments(world.target);
  const wrapDisk = (replicaId: string): ReplicaDisk =>
    overNetwork<ReplicaDisk>(process, 'target', `disk ${replicaId.slice(0, 4)}`, {
      of: () => new MemoryReplicaDisk(world.target, replicaId, limits),
      after: (method) => oracle.afterDisk(replicaId, method),
    });
  const remoteDisks = overNetwork<ReplicaDisks>(process, 'target', 'disks', { of: () => disks });
  return {
    disks: {
      create: (replicaId, sizeBytes) =>
        remoteDisks.create(replicaId, sizeBytes).then(() => wrapDisk(replicaId)),
      open: wrapDisk,
      grow: (replicaId, sizeBytes, etag) => remoteDisks.grow(replicaId, sizeBytes, etag),
      copy: (replicaId, snapshotId, to) =>
        remoteDisks.copy(replicaId, snapshotId, to).then(() => wrapDisk(to)),
      remove: (replicaId) => remoteDisks.remove(replicaId),
      list: () => remoteDisks.list(),
      writtenRanges: (replicaId, snapshotId) => remoteDisks.writtenRanges(replicaId, snapshotId),
    },
    cache: overNetwork<LogCache>(process, 'cache', 'cache', {
      of: () => world.cache,
      before: (method, parameters) => oracle.beforeCache(method, parameters),
    }),
    documents: overNetwork<TargetDocuments>(process, 'target', 'documents', {
      of: () => documents,
      before: (method, parameters) => oracle.beforeDocument(method, parameters),
    }),
    records: overNetwork<Records>(process, 'catalogue', 'records', {
      of: () => world.records,
      isIdle: (method, [partition]) => method === 'list' && world.records.isEmpty(String(partition)),
      before: (method, parameters) => oracle.beforeRecord(method, parameters),
    }),
    barrier: { pass: () => process.send('target', 'barrier', async () => world.target.save()) },
    doorbells: {
      ring: (replicaId) =>
        process.send('queue', 'ring', async () => {
          world.bells.push(replicaId);
        }),
    },
    events: {
      publish: ({ id, type }) =>
        process.send('queue', `publish ${type}`, async () => {
          world.events.push({ id, type });
        }),
    },
    clock: { now: () => world.timeInMs, sleep: () => process.send('queue', 'sleep', async () => undefined) },
    ids: world.chance,
    measures,
  };
}

interface Remote<T> {
  /** Nothing can come of the call: it is answered at once. */
  readonly isIdle?: (method: string, parameters: readonly unknown[]) => boolean;
  readonly of: () => T;
  readonly before?: (method: string, parameters: readonly unknown[]) => void;
  readonly after?: (method: string, parameters: readonly unknown[]) => void;
}

/** A port whose every call is a request over the network. */
function overNetwork<T extends object>(process: Process, store: Store, name: string, remote: Remote<T>): T {
  const methods = new Map<string, Method>();
  const call = (method: string, parameters: readonly unknown[]): unknown => {
    remote.before?.(method, parameters);
    const implementation = remote.of() as Record<string, Method>;
    const result = implementation[method]?.(...parameters);
    remote.after?.(method, parameters);
    return result;
  };
  const single =
    (method: string): Method =>
    (...parameters) =>
      remote.isIdle?.(method, parameters) === true
        ? Promise.resolve(call(method, parameters))
        : process.send(store, `${name}.${method}`, async () => call(method, parameters));
  const many =
    (method: string): Method =>
    (...parameters) =>
      asked(() =>
        process.send(
          store,
          `${name}.${method}`,
          () => collect(call(method, parameters) as AsyncIterable<unknown>),
          method === 'read' ? spoilBytes(process.world) : undefined,
        ),
      );
  const upload: Method = async (target, bytes) => {
    const chunks = await collect(bytes as AsyncIterable<unknown>);
    await process.send(store, `${name}.putBytes`, async () => call('putBytes', [target, each(chunks)]));
  };
  return new Proxy({} as T, {
    get: (_, key) => {
      // A promise that is resolved with a port asks whether it is a promise itself.
      if (key === 'then') return undefined;
      const method = String(key);
      let found = methods.get(method);
      if (found === undefined) {
        found =
          method === 'putBytes' ? upload : isListing(store, name, method) ? many(method) : single(method);
        methods.set(method, found);
      }
      return found;
    },
  });
}

/** The catalogue's `list` answers with a page, and a disk's `read` with bytes: no streams. */
function isListing(store: Store, name: string, method: string): boolean {
  return listing.has(method) && store !== 'catalogue' && !name.startsWith('disk');
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Asks when the first item is wanted, not before. */
async function* asked<T>(ask: () => Promise<readonly T[]>): AsyncGenerator<T> {
  yield* await ask();
}

/** A bit flips on the way, or the connection is cut without a word. */
function spoilBytes({ chance }: World): (chunks: readonly unknown[]) => readonly unknown[] {
  return (chunks) => {
    const bytes = Buffer.concat(chunks as Uint8Array[]);
    if (chance.happens(0.3)) return [bytes.subarray(0, chance.below(bytes.length))];
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    return [bytes];
  };
}
