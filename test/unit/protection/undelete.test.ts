import { randomUUID } from 'node:crypto';
import { removeDisks } from '../../../shared/service/protection/change-disks';
import { requireItem } from '../../../shared/service/protection/item-records';
import { vault } from '../../support/arm/world';
import { settled } from '../../support/durable/test-engine';
import type { PaperAgent } from '../../support/protection/paper-agent';
import type { ProtectionWorld, WorldOptions } from '../../support/protection/protection-world';
import { dayInMs, SoftVault } from '../../support/protection/soft-vault';

let soft: SoftVault;
let world: ProtectionWorld;
afterEach(() => world.close());

async function open(options: WorldOptions = {}): Promise<void> {
  soft = await SoftVault.open(options);
  world = soft.world;
}

async function protectedMachine(): Promise<PaperAgent> {
  await open();
  return soft.protect();
}

describe('undeleting an item', () => {
  it('brings it back with its points, and replication goes on', async () => {
    const agent = await protectedMachine();
    const [pointId = ''] = await world.points();
    const [replicaId = ''] = agent.streams.keys();
    const before = Buffer.from([...agent.disks.values()][0] ?? []);
    const internalId = (await world.item())?.internalId;
    await soft.disable();
    agent.disks.get('disk0')?.fill(7);
    world.clock.advance(5 * dayInMs);
    expect((await soft.ask('undelete')).status).toBe(202);
    expect((await world.item())?.internalId).toBe(internalId);
    await world.pump(4);

    const item = await world.item();
    expect([item?.state, item?.hold, item?.initialCopyPercent]).toEqual(['Protected', undefined, 100]);
    expect(await soft.deleted()).toEqual([]);
    expect(await world.points()).toContain(pointId);
    const [newest] = await world.wired.ports.replicas.points(replicaId, 1);
    expect((await soft.contentAt(pointId, replicaId)).equals(before)).toBe(true);
    expect((await soft.recordOf(replicaId)) as object).toMatchObject({
      copyingEpoch: null,
      health: 'Normal',
    });
    const now = await soft.contentAt(newest?.pointId ?? '', replicaId);
    expect(now.equals(agent.disks.get('disk0') ?? before)).toBe(true);
    const states = (await world.jobRecords()).map(({ scenarioName, state }) => `${scenarioName} ${state}`);
    expect(states).toContain('UndeleteProtection Succeeded');
  });

  it('I9 leaves its points their age: the time it lay deleted does not count', async () => {
    await protectedMachine();
    const [pointId = ''] = await world.points();
    await soft.disable();
    world.clock.advance(29 * dayInMs);
    await soft.ask('undelete');
    await world.pump(4);
    world.clock.advance(3_600_000);
    await world.wired.sweep(world.jobs);
    await world.pump(2);
    expect(await world.points()).toContain(pointId);
    world.clock.advance(3 * dayInMs);
    await world.pump(2);
    world.clock.advance(3_600_000);
    await world.wired.sweep(world.jobs);
    await world.review();
    expect(await world.points()).not.toContain(pointId);
  });

  it('needs no agent: the points are there at once for a machine that is lost', async () => {
    const agent = await protectedMachine();
    const points = await world.points();
    await soft.disable();
    agent.isSilent = true;
    world.clock.advance(2 * dayInMs);
    await soft.ask('undelete');
    await world.review();
    expect((await world.item())?.state).toBe('Protected');
    expect(await world.points()).toEqual(expect.arrayContaining(points));
    expect((await world.item())?.health).toBe('Critical');
    agent.isSilent = false;
    await world.pump(4);
    expect((await world.item())?.health).toBe('Normal');
  });

  it('is refused while what it was protected with is gone, says what, and works once it is there again', async () => {
    await protectedMachine();
    await soft.disable();
    const [container] = await world.containers();
    const mapping = `${container ?? ''}/replicationProtectionContainerMappings/m`;
    const { body } = await world.ask('GET', mapping);
    await world.ask('POST', `${mapping}/remove`, { properties: {} });
    await settled(world.engine);
    const refused = await soft.ask('undelete');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'UndeleteBlocked']);
    expect(refused.body.error.message).toContain(mapping);
    const { properties } = body as { properties: Record<string, unknown> };
    await world.ask('PUT', mapping, {
      properties: {
        targetProtectionContainerId: 'Microsoft Azure',
        policyId: properties['policyId'],
        providerSpecificInput: { instanceType: 'HyperVReplicaAzure' },
      },
    });
    expect((await soft.ask('undelete')).status).toBe(202);
  });

  it('that fails on the way leaves the deleted item as it was, to be asked for again', async () => {
    await protectedMachine();
    await soft.disable();
    const [kept] = await soft.deleted();
    const [replicaId = ''] = await world.replication.disks.list();
    const lost = world.target.disks.get(replicaId);
    world.target.disks.delete(replicaId);
    await soft.ask('undelete');
    expect(await world.item()).toBeUndefined();
    const again = await soft.deleted();
    expect(again[0]?.properties.hold).toBeUndefined();
    expect(again[0]?.id).toBe(kept?.id);
    if (lost !== undefined) world.target.disks.set(replicaId, lost);
    await soft.ask('undelete');
    await world.pump(4);
    expect((await world.item())?.state).toBe('Protected');
  });

  it('can be followed by another deletion, which starts a time of its own', async () => {
    await protectedMachine();
    await soft.disable();
    const [first] = await soft.deleted();
    await soft.ask('undelete');
    await world.pump(4);
    world.clock.advance(dayInMs);
    await soft.disable();
    const [second] = await soft.deleted();
    expect(
      (second?.properties.purgeAtInMs ?? 0) - (first?.properties.purgeAtInMs ?? 0),
    ).toBeGreaterThanOrEqual(dayInMs);
    expect((await world.records.list('deleted-items-due')).records).toHaveLength(1);
  });
});

describe('an undeleted item of a group', () => {
  it('has the points that it shares until the day on which it would have been purged', async () => {
    const { replicaId, shared } = await twoTogether();
    await soft.disable();
    await soft.ask('undelete');
    await world.pump(5);
    const pins = async () => (await world.wired.ports.replicas.point(shared))?.pins.length;
    world.clock.advance(29 * dayInMs);
    expect(await world.wired.purgeDue(world.jobs)).toEqual({ purged: 0, failures: [] });
    expect([await sharedPoint(replicaId), await pins()]).toEqual([shared, 1]);
    world.clock.advance(dayInMs);
    expect(await world.wired.purgeDue(world.jobs)).toEqual({ purged: 0, failures: [] });
    expect(await pins()).toBe(0);
    expect((await world.records.list('deleted-items-due')).records).toEqual([]);
  });
});

describe('an undeleted item of a group, a disk of which leaves', () => {
  it('lets it go at once: no pin of a point that it shares is in the way', async () => {
    const { shared } = await twoTogether([4096, 4096]);
    await soft.disable();
    await soft.ask('undelete');
    await world.pump(5);
    const { ports } = world.wired;
    const itemId = await world.itemId('web');
    const [, second] = (await requireItem(world.records, itemId)).disks;
    const job = { vaultId: vault, itemId, jobId: randomUUID(), scenario: 'InMageAzureV2' as const };
    await removeDisks(ports, { ...job, verb: 'removeDisks', provider: {}, diskIds: [second?.id ?? ''] });
    expect(await ports.replicas.read(second?.replicaId ?? '')).toBeUndefined();
    expect((await ports.replicas.point(shared))?.pins ?? []).toEqual([]);
  });
});

describe('purging a deleted item', () => {
  it('I11 leaves nothing, nor anything to ask of an agent that never came back', async () => {
    const agent = await protectedMachine();
    agent.isSilent = true;
    await soft.disable('purge');
    expect((await world.wired.ports.board.read(agent.agentId)).items).toHaveLength(1);
    expect((await soft.leftOvers()).length).toBeGreaterThan(4);
    const [{ id } = { id: '' }] = await soft.deleted();
    expect((await world.ask('POST', `${id}/purge`)).status).toBe(202);
    expect(await soft.leftOvers()).toEqual([]);
    expect((await world.wired.ports.board.read(agent.agentId)).items).toEqual([]);
    expect((await world.ask('POST', `${id}/purge`)).status).toBe(404);
  });

  it('I9 I11 of a group keeps the points that others share until then, and lets go of them', async () => {
    const { replicaId, shared } = await twoTogether();
    await soft.disable();
    world.agents.shift();
    world.clock.advance(2 * dayInMs);
    await world.pump(3);
    await world.wired.sweep(world.jobs);
    expect(await sharedPoint(replicaId)).toBe(shared);
    await soft.ask('purge');
    expect(await soft.deleted()).toEqual([]);
    expect(await world.replication.disks.list()).toHaveLength(1);
    world.clock.advance(3_600_000);
    await world.wired.sweep(world.jobs);
    expect(await world.wired.ports.replicas.point(shared)).toBeUndefined();
  });
});

/** Two machines of one group with a point that they share; the first is the one that is deleted. */
async function twoTogether(
  diskSizes: readonly number[] = [4096],
): Promise<{ replicaId: string; shared: string }> {
  await open({
    ...{ fabricKind: 'VMware', instanceType: 'InMageAzureV2' },
    policy: {
      recoveryPointHistory: 1440,
      crashConsistentFrequencyInMinutes: 5,
      multiVmSyncStatus: 'Enable',
    },
  });
  for (const [index, name] of ['web', 'shop'].entries()) {
    const agent = world.newAgent(name, index === 0 ? [...diskSizes] : [4096]);
    agent.groupEndpoint = { host: `10.0.0.${index}`, port: 20_004 };
    await agent.register(await world.token());
    await agent.round();
    await world.enable(name, { multiVmGroupName: 'together' });
  }
  await world.pump(6);
  const [web] = world.agents;
  const [replicaId = ''] = web?.streams.keys() ?? [];
  await cutTogether();
  return { replicaId, shared: await sharedPoint(replicaId, diskSizes.length + 1) };
}

/** A point of both machines: their agents cut the same marker. */
async function cutTogether(): Promise<void> {
  for (let round = 0; round < 3; round++) for (const agent of world.agents) await agent.round();
  const id = randomUUID();
  for (const agent of world.agents) await agent.cut('crash', id);
  await world.answerBells();
}

async function sharedPoint(replicaId: string, disks = 2): Promise<string> {
  const points = await world.wired.ports.replicas.points(replicaId);
  return (
    points.find(({ members, state }) => members.length === disks && state === 'listed')?.pointId ?? 'none'
  );
}
