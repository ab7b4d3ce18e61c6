import type { DesiredMarkers } from '../../../shared/contracts/agent/desired';
import { agentWishKey } from '../../../shared/service/agents/agent-records';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld } from '../../support/protection/protection-world';

const mostMachines = 16;
const policy = { recoveryPointHistory: 1440, crashConsistentFrequencyInMinutes: 5 };

let world: ProtectionWorld;
const open = async (multiVmSyncStatus = 'Enable'): Promise<void> => {
  world = await ProtectionWorld.open({
    ...{ fabricKind: 'VMware', instanceType: 'InMageAzureV2' },
    policy: { ...policy, multiVmSyncStatus },
  });
};
afterEach(() => world.close());

/** Machines of one group, each with an agent of its own, all of them protected. */
async function protectGroup(names: readonly string[]): Promise<PaperAgent[]> {
  const agents: PaperAgent[] = [];
  for (const [index, name] of names.entries()) {
    const agent = world.newAgent(name, [4096]);
    agent.groupEndpoint = { host: `10.0.0.${index}`, port: 20_004 };
    await agent.register(await world.token());
    await agent.round();
    await world.enable(name, { multiVmGroupName: 'shop' });
    agents.push(agent);
  }
  await settle();
  return agents;
}

/** All have been copied and have read what is wanted of them since. */
async function settle(): Promise<void> {
  await world.pump(4);
  for (const agent of world.agents) await agent.round();
}

const markersOf = ({ wish }: PaperAgent): DesiredMarkers | undefined => wish?.markers[0];
const replicasOf = (agents: readonly PaperAgent[]): string[] =>
  agents.flatMap(({ streams }) => [...streams.keys()]).toSorted();
const jobErrors = async (): Promise<string[]> =>
  (await world.jobRecords()).flatMap(({ errors }) => errors.map(({ code }) => code));

describe('machines of a consistency group', () => {
  it('B11 are wanted to cut together by all their agents, the first of which coordinates', async () => {
    await open();
    const agents = await protectGroup(['web', 'db', 'queue']);
    const [first] = agents.map(markersOf);
    expect(first?.members).toEqual(replicasOf(agents));
    expect(first?.group).toMatchObject({ coordinator: '10.0.0.0', port: 20_004 });
    expect(first?.group?.members).toEqual(
      agents.map(({ agentId, key }) => ({ agentId, publicKey: key.publicKey })),
    );
    expect(agents.map(markersOf)).toEqual([first, first, first]);
  });

  it('cost no write while nothing changes', async () => {
    await open();
    const agents = await protectGroup(['web', 'db']);
    const wanted = (): Promise<unknown[]> =>
      Promise.all(agents.map(({ agentId }) => world.records.get(agentWishKey(agentId))));
    const before = await wanted();
    const toldOf = world.published.length;
    for (const name of ['web', 'db', 'web']) await world.review(name);
    expect(await wanted()).toEqual(before);
    expect(world.published).toHaveLength(toldOf);
  });

  it('go on without one that is compared, and take it in again when that has ended', async () => {
    await open();
    const agents = await protectGroup(['web', 'db', 'queue']);
    const others = agents.slice(0, 2);
    const [replicaId = ''] = agents[2]?.streams.keys() ?? [];
    const epoch = { epoch: 1, kind: 'rebase', reason: 'spoolLost', sealed: 0 };
    expect((await agents[2]?.call('POST', `replicas/${replicaId}/epochs`, epoch))?.status).toBe(202);
    await world.review('queue');
    for (const agent of others) await agent.round();
    expect(others.map((agent) => markersOf(agent)?.members)).toEqual([
      replicasOf(others),
      replicasOf(others),
    ]);
    await settle();
    expect(agents.map((agent) => markersOf(agent)?.members)).toEqual(
      Array<string[]>(3).fill(replicasOf(agents)),
    );
  });

  it('go on without one whose agent has been silent for 15 minutes', async () => {
    await open();
    const agents = await protectGroup(['web', 'db']);
    const [web, db] = agents;
    if (db !== undefined) db.isSilent = true;
    world.clock.advance(16 * 60_000);
    await web?.report();
    await world.wired.sweep(world.jobs);
    await web?.round();
    expect(web?.wish?.markers).toMatchObject([{ members: [...(web?.streams.keys() ?? [])] }]);
    expect(web?.wish?.markers[0]?.group).toBeUndefined();
    if (db !== undefined) db.isSilent = false;
    await settle();
    expect(web === undefined ? undefined : markersOf(web)?.members).toEqual(replicasOf(agents));
  });

  it('know each other by the keys that they sign with now', async () => {
    await open();
    const agents = await protectGroup(['web', 'db']);
    const [web, db] = agents;
    const { key } = world.newAgent('spare');
    world.agents.pop();
    await db?.call('POST', 'rotate-key', { publicKey: key.publicKey });
    Object.assign(db ?? {}, { key });
    await settle();
    expect(web?.wish?.markers[0]?.group?.members[1]).toMatchObject({ publicKey: key.publicKey });
  });

  it('leave it when they are disabled, and nothing is left of a group without machines', async () => {
    await open();
    const agents = await protectGroup(['web', 'db']);
    const remove = async (name: string): Promise<void> => {
      await world.ask('POST', `${await world.itemId(name)}/remove`, { properties: {} });
      await settle();
    };
    await remove('web');
    expect(agents[1]?.wish?.markers).toMatchObject([{ members: [...(agents[1]?.streams.keys() ?? [])] }]);
    expect(agents[1]?.wish?.markers[0]?.group).toBeUndefined();
    await remove('db');
    expect((await world.records.list('consistency-groups')).records).toEqual([]);
  });

  it('are sixteen at most', async () => {
    await open();
    const names = Array.from({ length: mostMachines + 1 }, (_, index) => `machine-${index}`);
    await protectGroup(names);
    expect(await jobErrors()).toEqual(['LimitExceeded']);
    expect((await world.item(names.at(-1)))?.state).toBe('EnableProtectionFailed');
  });

  it('have one policy, with multi-VM consistency switched on', async () => {
    await open('Disable');
    await protectGroup(['web']);
    expect(await jobErrors()).toEqual(['GroupMismatch']);
    expect(await world.replication.disks.list()).toEqual([]);
  });

  it('are of one fabric, and join it when protection is enabled and at no other time', async () => {
    await open();
    await world.protect('web');
    const [error] = [await world.enable('web', { multiVmGroupName: 'shop' })];
    expect(error.status).toBe(409);
    await protectGroup(['db']);
    const { records } = world;
    const [group] = (await records.list('consistency-groups')).records;
    await records.put(
      { partition: 'consistency-groups', id: group?.id ?? '' },
      { ...(group?.body as object), fabricId: '/elsewhere' },
    );
    await protectGroup(['queue']);
    expect(await jobErrors()).toEqual(['GroupMismatch']);
  });
});
