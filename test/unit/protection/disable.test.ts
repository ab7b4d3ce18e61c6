import { ProtectionWorld } from '../../support/protection/protection-world';

let world: ProtectionWorld;
afterEach(() => world.close());

/** Everything of protection that is still there. */
async function leftOvers(): Promise<string[]> {
  const replicas = [
    ...world.agents.flatMap(({ streams }) => [...streams.keys()]),
    ...(await world.replication.disks.list()),
  ];
  const documents: string[] = [];
  for await (const name of world.replication.documents.list('')) documents.push(name);
  const containers: string[] = [];
  for await (const { replicaId, epoch } of world.cache.epochs()) containers.push(`${replicaId}/${epoch}`);
  return [...replicas, ...documents, ...containers];
}

describe('disabling protection', () => {
  it('waits for the agent to stop, then leaves nothing, and the machine can be protected again', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect('web', [65_536, 65_536]);
    expect((await leftOvers()).length).toBeGreaterThan(4);
    await world.ask('POST', `${await world.itemId('web')}/remove`, {
      properties: { disableProtectionReason: 'NotSpecified' },
    });
    expect(await world.item()).toBeDefined();
    await world.pump(2);
    expect(await world.item()).toBeUndefined();
    expect(await leftOvers()).toEqual([]);
    expect(await world.points()).toEqual([]);
    expect(agent.wish?.replicas).toEqual([]);

    await world.enable();
    await world.pump(4);
    expect((await world.item())?.state).toBe('Protected');
  });

  it('waits two minutes for an agent that is gone, and goes on without it', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    agent.isSilent = true;
    await world.ask('POST', `${await world.itemId('web')}/remove`, { properties: {} });
    world.clock.advance(119_000);
    await world.pump(1);
    expect(await world.item()).toBeDefined();
    world.clock.advance(2_000);
    await world.pump(1);
    expect(await world.item()).toBeUndefined();
    agent.streams.clear();
    expect(await leftOvers()).toEqual([]);
  });

  it('by force waits for nobody, and stops the agent when it comes back', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    agent.isSilent = true;
    await world.ask('DELETE', await world.itemId('web'));
    expect(await world.item()).toBeUndefined();
    agent.isSilent = false;
    await world.pump(2);
    expect(agent.wish?.replicas).toEqual([]);
    expect(await leftOvers()).toEqual([]);
  });

  it('I3 takes no byte of the old stream once it has begun', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    const [replicaId = ''] = agent.streams.keys();
    await world.ask('POST', `${await world.itemId('web')}/remove`, { properties: {} });
    await expect(agent.cut()).rejects.toMatchObject({ code: 'NotFound' });
    const grant = await agent.call('POST', 'grants', { replicaId, epoch: 1 });
    expect(grant.status).toBeGreaterThanOrEqual(403);
  });
});
