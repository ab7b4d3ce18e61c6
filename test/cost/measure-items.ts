import { performance } from 'node:perf_hooks';
import type { ReplicaDisks } from '../../shared/ports/replica-disks';
import { awaitDesired } from '../../shared/service/agents/desired-state';
import { WishBoard } from '../../shared/service/agents/wish-board';
import { Counted } from '../support/protection/counted';
import { ProtectionWorld } from '../support/protection/protection-world';
import { type Operation, operations } from './prices';

export interface Measured {
  readonly items: number;
  /** From the agent's registration to a protected machine with its first recovery point. */
  readonly enabledPerMinute: number;
  /** Of each operation, in an hour, for one item. */
  readonly perItem: Readonly<Record<Operation, number>>;
}

const longPollInMs = 20_000;
const longPollsPerHour = 3_600_000 / longPollInMs;
const minutes = 60;
const cutEveryMinutes = 5;

/** Protects so many machines of one small disk, and lets them rest for an hour in which nothing is written. */
export async function measureItems(items: number): Promise<Measured> {
  const world = await ProtectionWorld.open({ policy: { replicationInterval: cutEveryMinutes * 60 } });
  const startedAt = performance.now();
  for (let item = 0; item < items; item++) {
    await world.machine(`machine-${item}`, [4096]);
    await world.enable(`machine-${item}`);
  }
  await world.pump(3);
  const enabledPerMinute = items / ((performance.now() - startedAt) / 60_000);
  await expectProtected(world, items);
  const counted = countAll(world);
  for (let minute = 0; minute < minutes; minute++) await restAMinute(world, minute);
  const longPollReads = await readsOfALongPoll(world);
  await world.close();
  const own = (name: Operation): number => counted.of(name) / items;
  const perItem = Object.fromEntries(operations.map((name) => [name, own(name)])) as Record<
    Operation,
    number
  >;
  perItem['catalogue reads'] += longPollsPerHour * longPollReads;
  perItem.executions += longPollsPerHour;
  return { items, enabledPerMinute, perItem };
}

async function expectProtected(world: ProtectionWorld, items: number): Promise<void> {
  for (let item = 0; item < items; item++) {
    const { state } = (await world.item(`machine-${item}`)) ?? {};
    if (state !== 'Protected') throw new Error(`machine-${item} is ${state ?? 'gone'}, and not protected`);
  }
}

async function restAMinute(world: ProtectionWorld, minute: number): Promise<void> {
  world.clock.advance(60_000);
  for (const agent of world.agents) {
    await agent.report();
    const replicaIds = [...agent.streams.keys()];
    // A grant is good for an hour; a marker is a log of its own, and a bell.
    if (minute === 0) {
      for (const replicaId of replicaIds) await agent.call('POST', 'grants', { replicaId, epoch: 1 });
    }
    if (minute % cutEveryMinutes !== 0) continue;
    await agent.cut();
    await agent.call('POST', 'doorbell', { replicaIds });
  }
  await world.answerBells();
  await world.wired.sweep(world.jobs);
}

/** What one question that nobody answers reads, on a clock of its own. */
async function readsOfALongPoll({ replication, agents }: ProtectionWorld): Promise<number> {
  let nowInMs = replication.clock.now();
  const clock = {
    now: () => nowInMs,
    sleep: (durationInMs: number) => {
      nowInMs += durationInMs;
      return Promise.resolve();
    },
  };
  const { records, events } = replication;
  const board = new WishBoard({ records, clock, events });
  const agentId = agents[0]?.agentId ?? '';
  const known = (await awaitDesired({ clock, board }, { agentId, known: undefined, waitInMs: 0 }))?.etag;
  let reads = 1; // The agent's own record, against which its signature is checked.
  const get = records.get.bind(records);
  records.get = (key) => {
    reads++;
    return get(key);
  };
  await awaitDesired({ clock, board }, { agentId, known, waitInMs: longPollInMs });
  return reads;
}

/** Counts what goes through the ports, and what of it the host would be called for. */
function countAll(world: ProtectionWorld): Counted {
  const counted = new Counted();
  const { records, documents, disks, cache, doorbells, events } = world.replication;
  const write = 'catalogue writes';
  counted.count(records, {
    ...{ get: 'catalogue reads', list: 'catalogue queries' },
    ...{ create: write, replace: write, put: write, remove: write },
  });
  const blobWrites = { create: 'blob writes', replace: 'blob writes', remove: 'blob writes' };
  counted.count(documents, {
    ...blobWrites,
    putBytes: 'blob writes',
    get: 'blob reads',
    list: 'blob writes',
  });
  counted.count(cache, {
    ...{ attempts: 'blob writes', read: 'blob reads', put: 'blob writes', remove: 'blob writes' },
  });
  countDisks(disks, counted);
  counted.count(doorbells, { ring: 'messages' });
  counted.count(events, { publish: 'messages' });
  // Each message wakes a function, as each request and each sweep does.
  counted.count(doorbells, { ring: 'executions' });
  counted.count(events, { publish: 'executions' });
  counted.count(world.wired.face, { handle: 'executions' });
  counted.count(world.wired, { sweep: 'executions' });
  return counted;
}

/** Each of the many handles that are opened on a disk. */
function countDisks(disks: ReplicaDisks, counted: Counted): void {
  const open = disks.open.bind(disks);
  disks.open = (replicaId) => {
    const disk = open(replicaId);
    counted.count(disk, {
      ...{ state: 'blob reads', read: 'blob reads', raise: 'blob writes', write: 'blob writes' },
      ...{ clear: 'blob writes', snapshot: 'blob writes', snapshots: 'blob writes' },
      removeSnapshot: 'blob writes',
    });
    return disk;
  };
}
