import { vault } from '../../support/arm/world';
import { settled } from '../../support/durable/test-engine';
import { listResources } from '../../../shared/service/catalogue/resources';
import { updateReplica } from '../../../shared/service/replica/update-replica';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld } from '../../support/protection/protection-world';

/** What each job calls, and where a machine ends when the job was killed anywhere and came back. */
const boundaries = {
  enable: [
    'checkPrerequisites',
    'createProtectionTarget',
    'enableReplication',
    'startInitialReplication',
    'updateServers',
    'endEnable',
  ],
  finalize: ['finalizeItem'],
  resync: ['runItemJob'],
  disable: ['checkDisable', 'stopReplication', 'cleanUp', 'endDisable'],
  purge: ['purge'],
  // The same in a vault with soft delete, and what comes after.
  disableSoftly: ['cleanUp', 'endDisable'],
  undelete: ['checkUndelete', 'restoreProtection', 'endUndelete'],
  purgeDeleted: ['purgeDeleted'],
} as const;
type Story = keyof typeof boundaries;

const places = process.env['LIFEBOAT_LONG'] === '1' ? ['before', 'after', 'recorded'] : ['before', 'after'];
const table = Object.entries(boundaries).flatMap(([story, activities]) =>
  activities.flatMap((activity) => places.map((place) => [story as Story, activity, place] as const)),
);
const outcomes: string[] = [];

let world: ProtectionWorld;
afterEach(() => world.close());
afterAll(() => console.info(outcomes.toSorted().join('\n')));

/** Fails like a process that ends there, and with it everything after it. */
function endingAt(point: string): (name: string) => void {
  let isOver = false;
  return (name) => {
    isOver ||= name === point;
    if (isOver) throw new Error(`ended at ${point}`);
  };
}

/** Runs the part of the story that is killed; what leads up to it runs before. */
async function tell(story: Story, kill: () => Promise<void>): Promise<void> {
  const item = await world.itemId('web');
  if (story === 'enable') {
    await world.machine('web', [65_536, 65_536]);
    await kill();
    await world.enable();
    return;
  }
  if (story === 'finalize') {
    await world.machine('web', [65_536, 65_536]);
    await world.enable();
    await kill();
    await world.pump(3);
    return;
  }
  const agent = await world.protect('web', [65_536, 65_536]);
  if (isSoft(story)) await keepDeleted();
  const deleted = `${vault}/deletedProtectedItems/${(await world.item())?.internalId ?? ''}`;
  if (story === 'resync') await needResync(agent);
  if (story === 'undelete' || story === 'purgeDeleted') {
    await world.ask('DELETE', item);
    await world.pump(1);
  }
  await kill();
  const [method, path] = {
    purge: ['DELETE', item] as const,
    resync: ['POST', `${item}/repairReplication`] as const,
    disable: ['POST', `${item}/remove`] as const,
    disableSoftly: ['POST', `${item}/remove`] as const,
    undelete: ['POST', `${deleted}/undelete`] as const,
    purgeDeleted: ['POST', `${deleted}/purge`] as const,
  }[story];
  await world.ask(method, path, { properties: {} });
  await world.pump(2);
}

const isSoft = (story: Story): boolean => /Softly|undelete|Deleted/.test(story);

async function keepDeleted(): Promise<void> {
  await world.ask('PATCH', vault, {
    properties: { securitySettings: { softDeleteSettings: { softDeleteState: 'Enabled' } } },
  });
}

/** In office hours, so that nothing starts by itself. */
async function needResync(agent: PaperAgent): Promise<void> {
  world.clock.advance(10 * 3_600_000);
  for (const replicaId of agent.streams.keys()) {
    await updateReplica(world.replication, replicaId, (record) => ({ ...record, resyncNeeded: 'byHand' }));
  }
  await agent.report();
}

async function leftOver(): Promise<number> {
  const disks = await world.replication.disks.list();
  const documents: string[] = [];
  for await (const name of world.replication.documents.list('')) documents.push(name);
  return disks.length + documents.length;
}

/** Deleted items, each with its day. */
async function everyDeleted(): Promise<unknown[]> {
  const { resources } = await listResources(world.records, vault, 'deletedProtectedItems');
  const due = await world.records.list('deleted-items-due');
  expect(due.records).toHaveLength(resources.length);
  return [...resources];
}

describe('the host dies', () => {
  it.each(table)('during %s, at %s, %s: everything ends as if it had not', async (story, activity, place) => {
    world = await ProtectionWorld.open();
    let wasKilled = false;
    await tell(story, async () => {
      const end = endingAt(`activity:${activity}:${place}`);
      await world.engine.restart({
        crashPoint: (name) => {
          wasKilled ||= name === `activity:${activity}:${place}`;
          end(name);
        },
      });
    });
    expect(wasKilled).toBe(true);
    world.useAnotherInstance();
    await world.engine.restart();
    await settled(world.engine);
    await world.pump(5);

    const item = await world.item();
    const left = await leftOver();
    outcomes.push(
      `${story} ${activity} ${place}: ${item?.state ?? 'gone'}, ${item === undefined ? left : 0} left over`,
    );
    const isEnd = story !== 'undelete' && /disable|purge/.test(story);
    const isKept = story === 'disableSoftly';
    expect((await everyDeleted()).length).toBe(isKept ? 1 : 0);
    expect(item?.state).toBe(isEnd ? undefined : 'Protected');
    expect(item?.hold).toBeUndefined();
    const disks = await world.replication.disks.list();
    expect(isEnd && !isKept ? left : disks.length).toBe(isEnd && !isKept ? 0 : 2);
    const states = (await world.jobRecords()).map(({ scenarioName, state }) => `${scenarioName} ${state}`);
    expect(states.filter((state) => !state.endsWith('Succeeded'))).toEqual([]);
    expect(states.filter((state) => state.startsWith('IrCompletion'))).toHaveLength(1);
  });
});
