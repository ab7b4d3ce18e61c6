import { vault } from '../../support/arm/world';
import { settled } from '../../support/durable/test-engine';
import type { PaperAgent } from '../../support/protection/paper-agent';
import type { ProtectionWorld } from '../../support/protection/protection-world';
import { allDeleted, dayInMs, SoftVault, type Wire } from '../../support/protection/soft-vault';

let soft: SoftVault;
let world: ProtectionWorld;
afterEach(() => world.close());

async function open(): Promise<void> {
  soft = await SoftVault.open();
  world = soft.world;
}

async function protectedMachine(): Promise<PaperAgent> {
  await open();
  return soft.protect();
}

describe('a vault with soft delete', () => {
  it('is one that says so: the setting is checked, kept and answered', async () => {
    await open();
    expect((await soft.set('Sometimes')).status).toBe(400);
    expect((await soft.set('Enabled', { softDeleteRetentionPeriodInDays: 13 })).status).toBe(400);
    expect((await soft.set('Enabled', { softDeleteRetentionPeriodInDays: 181 })).status).toBe(400);
    await soft.set('Enabled', { softDeleteRetentionPeriodInDays: 20 });
    await soft.set('Disabled');
    const { body } = await world.ask('GET', vault);
    expect(body).toMatchObject({
      properties: {
        securitySettings: {
          softDeleteSettings: { softDeleteState: 'Disabled', softDeleteRetentionPeriodInDays: 20 },
        },
      },
    });
  });

  it('that is always on cannot be turned off, and nobody purges in it before the time', async () => {
    await protectedMachine();
    await soft.set('AlwaysON');
    const refused = await soft.set('Disabled');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'OperationNotAllowed']);
    const again = { location: 'westeurope', sku: { name: 'Standard' }, properties: {} };
    expect((await world.ask('PUT', vault, again)).body).toMatchObject({
      properties: { securitySettings: { softDeleteSettings: { softDeleteState: 'AlwaysON' } } },
    });
    await soft.disable();
    const early = await soft.ask('purge');
    expect([early.status, early.body.error.code]).toEqual([409, 'OperationNotAllowed']);
    world.clock.advance(30 * dayInMs);
    expect(await world.wired.purgeDue(world.jobs)).toEqual({ purged: 1, failures: [] });
    await settled(world.engine);
    expect(await soft.leftOvers()).toEqual([]);
  });

  it('is not deleted while it keeps something, and names it', async () => {
    await protectedMachine();
    await soft.disable();
    const [kept] = await soft.deleted();
    const { status, body } = (await world.ask('DELETE', vault)) as { status: number; body: Wire };
    expect([status, body.error.code]).toEqual([409, 'ResourceInUse']);
    expect(body.error.message).toContain(kept?.id ?? '?');
  });

  it.each(['remove', 'purge'] as const)('keeps by %s what an item had, out of the way', async (how) => {
    const agent = await protectedMachine();
    const points = await world.points();
    await soft.disable(how);
    expect(await world.item()).toBeUndefined();
    expect(agent.wish?.replicas).toEqual([]);
    const { body } = await world.ask('GET', allDeleted);
    const [shown] = (body as { value: { properties: Record<string, string> }[] }).value;
    expect(shown?.properties).toMatchObject({ protectedItemId: await world.itemId('web'), diskCount: 2 });
    const [kept] = await soft.deleted();
    const { purgeAtInMs = 0, deletedAtInMs = 0 } = kept?.properties ?? {};
    expect(purgeAtInMs - deletedAtInMs).toBe(30 * dayInMs);

    await world.enable();
    await world.pump(5);
    expect((await world.item())?.state).toBe('Protected');
    expect(await world.replication.disks.list()).toHaveLength(4);
    expect((await world.points()).filter((point) => points.includes(point))).toEqual([]);
    const blocked = await soft.ask('undelete');
    expect([blocked.status, blocked.body.error.code]).toEqual([409, 'UndeleteBlocked']);
  });

  it('does no work for it, and raises no alarm', async () => {
    await protectedMachine();
    await soft.disable();
    const replicas = await world.replication.disks.list();
    const before = JSON.stringify(await Promise.all(replicas.map((id) => soft.recordOf(id))));
    world.published.length = 0;
    for (const days of [1, 28]) {
      world.clock.advance(days * dayInMs);
      expect(await world.wired.sweep(world.jobs)).toEqual({ rung: 0, tidied: 0, failures: [] });
      expect(await world.wired.purgeDue(world.jobs)).toEqual({ purged: 0, failures: [] });
    }
    expect(JSON.stringify(await Promise.all(replicas.map((id) => soft.recordOf(id))))).toBe(before);
    expect(world.published).toEqual([]);
  });

  it('keeps nothing of a machine that was never copied, or that was migrated', async () => {
    await protectedMachine();
    await world.ask('POST', `${await world.itemId('web')}/remove`, {
      properties: { disableProtectionReason: 'MigrationComplete' },
    });
    const agent = await world.machine('new');
    agent.isSilent = true;
    await world.enable('new');
    await world.ask('DELETE', await world.itemId('new'));
    expect(await soft.deleted()).toEqual([]);
  });

  it('listens to an agent that comes back late, and lets it go on', async () => {
    const agent = await protectedMachine();
    agent.isSilent = true;
    const wish = agent.wish;
    world.clock.advance(dayInMs);
    await world.wired.sweep(world.jobs);
    const [replicaId = ''] = await world.replication.disks.list();
    expect(await soft.recordOf(replicaId)).toMatchObject({ health: 'Critical' });
    await world.ask('DELETE', await world.itemId('web'));
    expect(await soft.recordOf(replicaId)).toMatchObject({ health: 'Normal' });
    agent.isSilent = false;
    agent.wish = wish;
    expect((await agent.report()).status).toBe(200);
    await world.pump(2);
    expect(agent.wish?.replicas).toEqual([]);
    // It may be slow to forget what nobody wants of it any more.
    agent.wish = wish;
    expect((await agent.report()).status).toBe(200);
  });
});
