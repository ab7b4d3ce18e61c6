import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFile, readHistoryFile, recordHistory, replayHistory } from '../../support/history-recorder';
import { ItemJob } from '../../../shared/contracts/protection/item-job';
import { itemJobKinds } from '../../../shared/model/job-kinds';
import { acceptJob } from '../../../shared/service/jobs/accept-job';
import { changeItem } from '../../../shared/service/protection/item-records';
import { systemIds } from '../../../shared/system/system-ids';
import { vault } from '../../support/arm/world';
import { settled } from '../../support/durable/test-engine';
import { ProtectionWorld } from '../../support/protection/protection-world';
import { shippedOrchestrations } from '../../support/protection/shipped';

const isRecording = process.env['RECORD_HISTORIES'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'histories-'));
afterAll(() => rmSync(folder, { recursive: true }));

let world: ProtectionWorld;

/** Saves the history of the newest job of this orchestration, and replays it at once. */
async function record(orchestration: string, name: string, jobId?: string): Promise<void> {
  const jobs = (await world.jobRecords()).filter((job) => job.orchestration === orchestration);
  const instanceId = jobId ?? jobs.at(-1)?.jobId ?? '';
  const history = world.engine.engine.history(instanceId);
  expect(history.length).toBeGreaterThan(3);
  const file = isRecording ? historyFile(orchestration, name) : join(folder, orchestration, `${name}.json`);
  recordHistory(file, { instanceId, parentInstanceId: null, history });
  const handler = shippedOrchestrations[orchestration];
  if (handler === undefined) throw new Error(`${orchestration} is not shipped`);
  await replayHistory(handler, readHistoryFile(file));
}

describe('a job of protection, recorded as it runs,', () => {
  afterEach(() => world.close());

  it('replays: enabled, finalized, disabled', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.protect();
    await record('enableProtection', 'enabled');
    await record('finalizeProtection', 'one-side');
    const item = await world.itemId('web');
    await world.ask('PATCH', item, { properties: { recoveryAzureVMName: 'web-there' } });
    await record('updateProtectedItem', 'updated');
    await world.ask('POST', `${item}/remove`, { properties: {} });
    await world.pump(2);
    await record('disableProtection', 'agent-stopped');
    expect(agent.streams.size).toBe(0);
  });

  it('replays: refused by a prerequisite, agent gone, purged', async () => {
    world = await ProtectionWorld.open();
    const agent = await world.machine();
    world.clock.advance(3_600_000);
    await world.enable();
    await record('enableProtection', 'refused');
    await world.ask('POST', `${await world.itemId('web')}/remove`, { properties: {} });
    await record('disableProtection', 'nothing-to-stop');
    await agent.round();
    await world.enable();
    await world.pump(3);
    agent.isSilent = true;
    await world.ask('POST', `${await world.itemId('web')}/remove`, { properties: {} });
    world.clock.advance(121_000);
    await world.pump(1);
    await record('disableProtection', 'agent-gone');
    agent.isSilent = false;
    await world.pump(2);
    await world.enable();
    await world.pump(3);
    await world.ask('DELETE', await world.itemId('web'));
    await record('purgeProtection', 'purged');
    expect(await world.item()).toBeUndefined();
  });

  it('replays: undeleted, not undeleted, purged of what was deleted', async () => {
    world = await ProtectionWorld.open();
    await world.ask('PATCH', vault, {
      properties: { securitySettings: { softDeleteSettings: { softDeleteState: 'Enabled' } } },
    });
    await world.protect();
    const deleted = `${vault}/deletedProtectedItems/${(await world.item())?.internalId ?? ''}`;
    await world.ask('DELETE', await world.itemId('web'));
    await world.ask('POST', `${deleted}/undelete`);
    await record('undeleteProtection', 'undeleted');
    await world.pump(2);
    await world.ask('DELETE', await world.itemId('web'));
    for (const replicaId of await world.replication.disks.list())
      await world.replication.disks.remove(replicaId);
    await world.ask('POST', `${deleted}/undelete`);
    await record('undeleteProtection', 'refused');
    await world.ask('POST', `${deleted}/purge`);
    await record('purgeDeletedItem', 'purged');
    expect(await world.exists(deleted)).toBe(false);
  });

  it('replays: finalized on both sides', async () => {
    world = await ProtectionWorld.open();
    await world.machine();
    await world.enable();
    // A pair of sites finalizes twice; the machine itself does not differ.
    await changeItem(world.records, await world.itemId('web'), () => ({
      scenario: 'A2A',
      state: 'UnprotectedStatesBegin',
    }));
    await world.pump(3);
    expect((await world.item())?.state).toBe('Protected');
    const jobs = (await world.jobRecords()).filter(
      ({ orchestration }) => orchestration === 'finalizeProtection',
    );
    const primary = jobs.find(({ scenarioName }) => scenarioName === 'PrimaryIrCompletion');
    expect(jobs.map(({ scenarioName }) => scenarioName).toSorted()).toEqual([
      'PrimaryIrCompletion',
      'SecondaryIrCompletion',
    ]);
    await record('finalizeProtection', 'primary', primary?.jobId);
  });

  it.each(ItemJob.shape.orchestration.options)('replays: %s', async (orchestration) => {
    world = await ProtectionWorld.open();
    await world.protect();
    const itemId = await world.itemId('web');
    const jobId = systemIds.uuid();
    const own = { diskIds: ['disk0'], provider: {}, changes: {}, errorIds: [], request: {} };
    const input = {
      ...own,
      jobId,
      vaultId: vault,
      itemId,
      scenario: 'HyperVReplicaAzure',
      verb: orchestration,
    };
    const { tasks, scenarioName, friendlyName } = itemJobKinds[orchestration];
    const { clock, ids } = world.replication;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    await acceptJob(
      { records: world.records, jobs: world.jobs, clock, ids, log },
      {
        ...{ jobId, vaultId: vault, orchestration, input, tasks, scenarioName, friendlyName, activityId: '' },
        ...{
          targetId: itemId,
          targetObjectId: '',
          targetObjectName: 'web',
          targetInstanceType: 'ProtectionEntity',
        },
        requestedBy: 'test',
      },
    );
    await settled(world.engine);
    await record(orchestration, 'in-one-go', jobId);
    expect((await world.jobs.status(jobId))?.state).toBe('succeeded');
  });
});

// A shipped orchestration never changes what it asks for: what is different has a new name, and the old one stays
// until no instance of it is left. docs/decisions tells why.
describe('the versioning rule', () => {
  const recorded = Object.keys(shippedOrchestrations).flatMap((name) =>
    readdirSync(join('test', 'histories', name)).map((file) => [name, file] as const),
  );

  it('asks for a recorded history of every orchestration that is shipped', () => {
    const named = new Set(recorded.map(([name]) => name));
    expect(Object.keys(shippedOrchestrations).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(recorded)('holds %s to its history %s', async (name, file) => {
    const handler = shippedOrchestrations[name];
    if (handler === undefined) throw new Error(`${name} is not shipped`);
    await expect(
      replayHistory(handler, readHistoryFile(join('test', 'histories', name, file))),
    ).resolves.toBeUndefined();
  });
});
