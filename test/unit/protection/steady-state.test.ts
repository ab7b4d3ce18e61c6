import { isInWindow, parseResyncWindow, usualResyncWindow } from '../../../shared/model/resync/resync-window';
import { changeResource } from '../../../shared/service/catalogue/resources';
import { readReplicaRecord } from '../../../shared/service/replica/replica-records';
import { updateReplica } from '../../../shared/service/replica/update-replica';
import { vault } from '../../support/arm/world';
import { ProtectionWorld } from '../../support/protection/protection-world';

const hourInMs = 3_600_000;
let world: ProtectionWorld;

const codes = async (): Promise<string[]> =>
  ((await world.item())?.healthErrors ?? []).map(({ code }) => code);
const jobStates = async (name: string): Promise<string[]> =>
  (await world.jobRecords()).filter(({ scenarioName }) => scenarioName === name).map(({ state }) => state);
const jobsCalled = async (name: string): Promise<number> =>
  (await world.jobRecords()).filter(({ scenarioName }) => scenarioName === name).length;

describe('a protected machine', () => {
  afterEach(() => world.close());

  it('X7 alerts 153007 when there was no point for 60 minutes, once, and calms down with the next', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    world.clock.advance(59 * 60_000);
    await agent.report();
    await world.wired.sweep(world.jobs);
    expect(await codes()).not.toContain('153007');
    world.clock.advance(2 * 60_000);
    for (let minute = 0; minute < 5; minute++) {
      await agent.report();
      await world.wired.sweep(world.jobs);
      world.clock.advance(60_000);
    }
    expect(await codes()).toContain('153007');
    expect(world.published.filter(({ type }) => type === 'lifeboat.rpo.exceeded')).toHaveLength(1);
    await world.pump(1);
    await world.review();
    expect(await codes()).not.toContain('153007');
    expect((await world.item())?.health).toBe('Normal');
  });

  it('D13 is marked for resync when half of a disk waits, not before', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect('web', [100 * 1024]);
    agent.spooledBytes.set('disk0', 49 * 1024);
    await agent.report();
    expect((await world.item())?.resyncRequired).toBe(false);
    agent.spooledBytes.set('disk0', 50 * 1024);
    await agent.report();
    expect(await world.item()).toMatchObject({
      resyncRequired: true,
      health: 'Critical',
      state: 'Protected',
    });
  });

  it('D13 is not marked for what its agent keeps until it hears that it may go', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect('web', [100 * 1024]);
    const sealed = [...agent.streams.values()][0]?.sequence ?? 0;
    await agent.report({ spooledBytes: 100 * 1024 });
    expect((await world.item())?.resyncRequired).toBe(false);
    await agent.report({ spooledBytes: 100 * 1024, sealed: sealed + 1 });
    expect((await world.item())?.resyncRequired).toBe(true);
  });

  it('D15 resyncs by itself outside office hours only, and at once when a person asks', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    const [replicaId = ''] = agent.streams.keys();
    world.clock.advance(10 * hourInMs);
    const markForResync = (): Promise<unknown> =>
      updateReplica(world.replication, replicaId, (record) => ({ ...record, resyncNeeded: 'halfChanged' }));
    await markForResync();
    await agent.report();
    await world.review();
    expect(await jobsCalled('RepairReplication')).toBe(0);

    const itemId = await world.itemId('web');
    expect((await world.ask('POST', `${itemId}/repairReplication`, {})).status).toBe(202);
    await world.pump(2);
    expect(await world.item()).toMatchObject({ resyncRequired: false, health: 'Normal' });

    await markForResync();
    await world.review();
    expect(await jobsCalled('RepairReplication')).toBe(1);
    world.clock.advance(10 * hourInMs);
    await agent.report();
    await world.pump(2);
    expect(await jobsCalled('RepairReplication')).toBe(2);
    expect((await world.item())?.resyncRequired).toBe(false);
  });

  it('shows how fast its guests write, as its agent tells it', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    const rates: unknown[] = [];
    for (const churnBytes of [60_000, 0]) {
      world.clock.advance(60_000);
      await agent.report({ churnBytes });
      await world.review();
      rates.push((await world.item())?.churnBytesPerSecond);
    }
    const { body } = await world.ask('GET', await world.itemId('web'));
    expect(rates[0]).toBeGreaterThan(0);
    expect(rates[1]).toBeLessThan(Number(rates[0]));
    expect(body).toMatchObject({
      properties: { providerSpecificDetails: { churnBytesPerSecond: rates[1] } },
    });
  });

  it('F3 follows the policy of its cloud with every other machine there, and takes no other', async () => {
    world = await ProtectionWorld.open();
    const agents = [await world.protect('web'), await world.protect('db')];
    const kept = async (): Promise<unknown[]> => {
      const ids = agents.map(({ streams }) => [...streams.keys()][0] ?? '');
      const records = await Promise.all(ids.map((id) => readReplicaRecord(world.records, id)));
      return records.map((record) => record?.policy.retention.at(-1)?.untilAgeInMs);
    };
    expect(await kept()).toEqual([2 * hourInMs, 2 * hourInMs]);
    await world.setPolicy({ recoveryPointHistoryDuration: 7 });
    for (const agent of agents) await agent.report();
    for (const name of ['web', 'db']) await world.review(name);
    expect(await kept()).toEqual([7 * hourInMs, 7 * hourInMs]);

    const foreign = `${vault}/replicationPolicies/foreign`;
    const providerSpecificInput = { instanceType: 'HyperVReplicaAzure' };
    await world.ask('PUT', foreign, { properties: { providerSpecificInput } });
    await world.machine('app');
    const { status, body } = await world.enable('app', {}, foreign);
    expect(status).toBe(409);
    expect(JSON.stringify(body)).toContain('is not associated with the container');
    expect(await world.item('app')).toBeUndefined();
  });

  it('starts the job that holds it, if the host that wrote it down died before it did', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    const itemId = await world.itemId('web');
    world.clock.advance(10 * hourInMs);
    const [replicaId = ''] = agent.streams.keys();
    await updateReplica(world.replication, replicaId, (record) => ({
      ...record,
      resyncNeeded: 'halfChanged',
    }));
    await agent.report();
    const dying = { ...world.jobs, start: () => Promise.reject(new Error('the host was killed')) };
    const { status } = await world.arm.api(
      world.arm.request('POST', `${itemId}/repairReplication`, { body: {} }),
      dying,
    );
    expect(status).toBe(202);
    expect(await jobStates('RepairReplication')).toEqual(['NotStarted']);
    world.clock.advance(60_000);
    await agent.report();
    await world.pump(2);
    expect(await jobStates('RepairReplication')).toEqual(['Succeeded']);
    expect((await world.item())?.hold).toBeUndefined();
  });

  it('X6 names what a failover would miss, every 12 hours and when it is asked for', async () => {
    world = await ProtectionWorld.open();
    await world.protect();
    const item = await world.item();
    await world.records.remove({
      partition: `${world.fabricId.split('/').slice(0, 9).join('/').slice(1).toLowerCase()}|replicationprotectioncontainermappings`,
      id: (item?.mappingId ?? '')
        .toLowerCase()
        .split('/')
        .slice(9)
        .filter((_, index) => index % 2 === 1)
        .join('/'),
    });
    expect(await world.exists(item?.mappingId ?? '')).toBe(false);
    await world.review();
    expect(await codes()).toEqual([]);
    await world.ask('POST', `${world.fabricId}/checkConsistency`, {});
    world.clock.advance(1);
    await changeResource(world.records, world.fabricId, (current) => ({
      ...current,
      properties: { ...current.properties, consistencyCheckedAtInMs: world.clock.now() },
    }));
    await world.pump(1);
    await world.review();
    await world.review();
    expect(await codes()).toContain('LinkMissing');
    const found = await world.item();
    expect(found?.failoverHealth).toBe('Critical');
    const [error] = found?.healthErrors ?? [];
    const healthErrors = [{ healthErrorId: error?.id }];
    await world.ask('POST', `${await world.itemId('web')}/resolveHealthErrors`, {
      properties: { healthErrors },
    });
    await world.review();
    expect(await codes()).toEqual([]);
  });

  it('shows a server as disconnected when its agent is silent, and connected when it is heard again', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    const provider = `${world.fabricId}/replicationRecoveryServicesProviders/host-of-web`;
    const connected = async (): Promise<unknown> => {
      const answer = await world.ask('GET', provider);
      return (answer.body as { properties: { connectionStatus: string } }).properties.connectionStatus;
    };
    expect(await connected()).toBe('Connected');
    world.clock.advance(16 * 60_000);
    await world.wired.sweep(world.jobs);
    expect(await connected()).not.toBe('Connected');
    await agent.report();
    expect(await connected()).toBe('Connected');
  });

  it('X10 is not followed when a disk shrinks: its health says so, and nothing is cut off', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect('web', [65_536]);
    agent.disks.set('disk0', Buffer.alloc(32_768));
    await agent.report();
    expect(await codes()).toContain('DiskShrank');
    const [replicaId = ''] = agent.streams.keys();
    expect((await world.wired.ports.replicas.read(replicaId))?.sizeBytes).toBe(65_536);
    agent.disks.set('disk0', Buffer.alloc(65_536));
    await agent.report();
    expect(await codes()).toEqual([]);
  });

  it('X10 does not believe in a disk of 8 exabytes', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect('web', [65_536]);
    await agent.report({ diskSizeBytes: 2 ** 52 });
    expect(await codes()).toContain('DiskTooLarge');
    const [replicaId = ''] = agent.streams.keys();
    expect((await world.wired.ports.replicas.read(replicaId))?.sizeBytes).toBe(65_536);
  });

  it('keeps how it is to be made at the target', async () => {
    world = await ProtectionWorld.open();
    await world.protect();
    await world.ask('PATCH', await world.itemId('web'), { properties: { recoveryAzureVMName: 'web-there' } });
    expect((await world.item())?.target).toMatchObject({ recoveryAzureVMName: 'web-there' });
  });
});

describe('a resync window', () => {
  const at = (text: string): number => Date.parse(`2030-01-01T${text}:00Z`);
  it('is open outside office hours, over midnight', () => {
    const open = ['18:29', '18:30', '23:59', '00:00', '05:59', '06:00', '12:00'].map((time) =>
      isInWindow(usualResyncWindow, at(time)),
    );
    expect(open).toEqual([false, true, true, true, true, false, false]);
  });
  it('is read as it is written in a policy', () => {
    expect(parseResyncWindow('01:15-02:30')).toEqual({ fromMinute: 75, toMinute: 150 });
    expect([parseResyncWindow('25:00-01:00'), parseResyncWindow('soon'), parseResyncWindow(7)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(isInWindow({ fromMinute: 75, toMinute: 150 }, at('02:30'))).toBe(false);
    expect(isInWindow({ fromMinute: 0, toMinute: 0 }, at('12:00'))).toBe(true);
  });
});
