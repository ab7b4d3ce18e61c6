import { performance } from 'node:perf_hooks';
import { Counted } from '../../support/protection/counted';
import { ProtectionWorld } from '../../support/protection/protection-world';

/** Public list prices in US dollars for a million of each, West Europe, pay as you go; storage is hot, locally redundant. */
const dollarsPerMillion = {
  'catalogue reads': 0.25,
  'catalogue writes': 0.25 * 6,
  'catalogue queries': 0.25 * 3,
  'blob writes': 5.4,
  'blob reads': 0.43,
  messages: 0.8,
  executions: 0.2,
} as const;
type Operation = keyof typeof dollarsPerMillion;
const operations = Object.keys(dollarsPerMillion) as Operation[];
const hoursPerMonth = 730;

/** An agent at rest asks 180 times an hour what is wanted; each question that nobody answers at once reads six times. */
const longPollReads = 180 * 6;
const longPolls = 180;

const sizes = (process.env['BENCH_CONTROL'] ?? '3,12').split(',').map(Number);

interface Measured {
  readonly items: number;
  readonly enabledPerMinute: number;
  /** Of each operation, in an hour, for one item. */
  readonly perItem: Readonly<Record<Operation, number>>;
}

async function measure(items: number): Promise<Measured> {
  const world = await ProtectionWorld.open({ policy: { replicationInterval: 300 } });
  const startedAt = performance.now();
  for (let item = 0; item < items; item++) {
    await world.machine(`machine-${item}`, [4096]);
    await world.enable(`machine-${item}`);
  }
  await world.pump(3);
  const enabledPerMinute = items / ((performance.now() - startedAt) / 60_000);
  const counted = countAll(world);
  let executions = 0;
  for (let minute = 0; minute < 60; minute++) {
    world.clock.advance(60_000);
    for (const agent of world.agents) {
      await agent.report();
      if (minute % 5 === 0) await agent.cut();
    }
    await world.answerBells();
    await world.wired.sweep(world.jobs);
    executions += items * (minute % 5 === 0 ? 2 : 1);
  }
  await world.close();
  const perItem = (operation: Operation): number => counted.of(operation) / items;
  return {
    items,
    enabledPerMinute,
    perItem: {
      ...(Object.fromEntries(operations.map((name) => [name, perItem(name)])) as Record<Operation, number>),
      'catalogue reads': perItem('catalogue reads') + longPollReads,
      executions: executions / items + longPolls,
    },
  };
}

function countAll(world: ProtectionWorld): Counted {
  const counted = new Counted();
  const { records, documents, disks, cache, doorbells, events } = world.replication;
  const write = 'catalogue writes';
  counted.count(records, {
    ...{ get: 'catalogue reads', list: 'catalogue queries' },
    ...{ create: write, replace: write, put: write, remove: write },
  });
  const blobWrites = { create: 'blob writes', replace: 'blob writes', remove: 'blob writes' };
  counted.count(documents, { ...blobWrites, get: 'blob reads', list: 'blob writes' });
  counted.count(disks, { open: 'blob reads' });
  counted.count(cache, {
    attempts: 'blob reads',
    read: 'blob reads',
    put: 'blob writes',
    remove: 'blob writes',
  });
  counted.count(doorbells, { ring: 'messages' });
  counted.count(events, { publish: 'messages' });
  return counted;
}

function dollarsPerMonth({ perItem }: Measured): number {
  const each = operations.map((name) => (perItem[name] * hoursPerMonth * dollarsPerMillion[name]) / 1e6);
  return each.reduce((sum, part) => sum + part, 0);
}

describe('a protected machine at rest', () => {
  it('costs the same whether there are few or many', async () => {
    const measured: Measured[] = [];
    for (const size of sizes) measured.push(await measure(size));
    const lines = measured.map((each) =>
      [
        `${each.items} items: ${each.enabledPerMinute.toFixed(0)} enabled a minute in memory; an hour of each costs`,
        operations.map((name) => `${each.perItem[name].toFixed(1)} ${name}`).join(', '),
        `= $${dollarsPerMonth(each).toFixed(2)} a month`,
      ].join(' '),
    );
    console.info(lines.join('\n'));
    const [first, last] = [measured[0], measured.at(-1)];
    for (const name of operations) {
      expect(last?.perItem[name]).toBeLessThanOrEqual((first?.perItem[name] ?? 0) * 1.05 + 1);
    }
  }, 600_000);
});
