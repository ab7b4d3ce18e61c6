import { randomBytes } from 'node:crypto';
import type { JobRecord } from '../../../shared/contracts/jobs/record';
import { FailoverWorld } from '../../support/failover/failover-world';
import { addVirtualMachine } from '../../support/failover/protect-machine';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const away = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: hyperV };

let world: FailoverWorld;
let machine: SimulatedMachine;
let recovered: SimulatedMachine;

beforeEach(async () => {
  world = await FailoverWorld.open();
  machine = await world.protect('HyperVReplicaAzure');
  await world.point(machine);
  await world.run(machine, 'plannedFailover', away);
  await world.run(machine, 'failoverCommit');
  recovered = await world.installAgent(machine);
  expect(recovered.write(0, 8192, Buffer.alloc(512, 0xaa))).toBe(true);
});

afterEach(() => world.close());

const contents = ({ disks }: SimulatedMachine): Buffer[] => disks.map(({ content }) => Buffer.from(content));
const isActive = ({ isRunning, isReadOnly }: SimulatedMachine): boolean => isRunning && !isReadOnly;
const failback = (details: object = {}): object => ({
  failoverDirection: 'RecoveryToPrimary',
  providerSpecificDetails: { instanceType: 'HyperVReplicaAzureFailback', ...details },
});

async function endsWell(verb: string, properties: object = {}): Promise<void> {
  expect(await world.run(machine, verb, properties)).toMatchObject({ state: 'Succeeded', errors: [] });
}

/** Replicas, documents and wishes: all that is kept for an item. */
async function leftOver(): Promise<unknown> {
  const wishes = await Promise.all(world.machines.map(({ agentId }) => world.ports.board.read(agentId)));
  const items = wishes.flatMap((wish) => wish.items.map(({ itemId }) => itemId));
  return { disks: await world.disks.list(), documents: await world.documents(), items };
}

describe('D20 the way home to another host', () => {
  let host: string;

  beforeEach(() => {
    const fabricId = machine.itemId.split('/').slice(0, 11).join('/');
    host = `${fabricId}/replicationRecoveryServicesProviders/second`;
  });

  it('names what is missing there, and touches nothing', async () => {
    const job = await world.run(
      machine,
      'plannedFailover',
      failback({ providerIdForAlternateRecovery: host }),
    );
    expect(job).toMatchObject({
      state: 'Failed',
      errors: [{ code: 'FailbackPrerequisiteMissing', message: expect.stringContaining('"web"') }],
    });
    expect([isActive(recovered), isActive(machine)]).toEqual([true, false]);
  });

  it('ends there: the machine runs and is protected there, and the one it came from writes nothing any more', async () => {
    const elsewhere = await addVirtualMachine(world, machine, 'second/web', 'second');
    const before = contents(machine);
    await endsWell('plannedFailover', failback({ providerIdForAlternateRecovery: host }));
    expect(contents(elsewhere)).toEqual(contents(recovered));
    expect([isActive(elsewhere), isActive(recovered), isActive(machine)]).toEqual([true, false, false]);
    await endsWell('failoverCommit');
    await endsWell('reProtect', { providerSpecificDetails: hyperV });
    expect(elsewhere.write(1, 0, Buffer.alloc(512, 0xbb))).toBe(true);
    expect(machine.write(0, 0, Buffer.alloc(512))).toBe(false);
    await endsWell('plannedFailover', away);
    expect(await world.recovered(machine, 'real')).toEqual(contents(elsewhere));
    expect(contents(machine)).toEqual(before);
    await world.disable(machine);
    expect(await leftOver()).toEqual({ disks: [], documents: [], items: [] });
  });

  it('leads back to the recovered machine when it fails, and can still end where the machine came from', async () => {
    const elsewhere = await addVirtualMachine(world, machine, 'second/web', 'second');
    elsewhere.refuseTask = 'openRecoveryPoint';
    const job = await world.run(
      machine,
      'plannedFailover',
      failback({ providerIdForAlternateRecovery: host }),
    );
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'SiteRefused' }] });
    await world.pass(2);
    expect([isActive(recovered), isActive(elsewhere), isActive(machine)]).toEqual([true, false, false]);
    expect(recovered.write(0, 0, Buffer.alloc(512, 0xcc))).toBe(true);
    await endsWell('plannedFailover', failback());
    expect([isActive(recovered), isActive(elsewhere), isActive(machine)]).toEqual([false, false, true]);
    expect(contents(machine)).toEqual(contents(recovered));
  });

  it('leaves nothing when it fails and protection ends then, but the machine that runs', async () => {
    machine.refuseTask = 'openRecoveryPoint';
    const job = await world.run(machine, 'plannedFailover', failback());
    expect(job).toMatchObject({ state: 'Failed', errors: [{ code: 'SiteRefused' }] });
    await world.disable(machine);
    expect(await leftOver()).toEqual({ disks: [], documents: [], items: [] });
    expect([...world.compute.cloud.machines.values()].map(({ isRunning }) => isRunning)).toEqual([true]);
  });
});

/** Comes home this way while guests write, and tells what went over before and after their machine was shut down. */
async function homeward(
  dataSyncOption: string,
): Promise<{ job: JobRecord; running: number; stopped: number }> {
  const sent = { running: 0, stopped: 0 };
  const put = world.cache.put.bind(world.cache);
  world.cache.put = (name, bytes) => {
    sent[recovered.isRunning ? 'running' : 'stopped'] += bytes.byteLength;
    return put(name, bytes);
  };
  const jobId = await world.begin(machine, 'plannedFailover', failback({ dataSyncOption }));
  const job = await world.ended(jobId, () => {
    recovered.write(1, 4096, randomBytes(512));
    return Promise.resolve();
  });
  world.cache.put = put;
  expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
  expect(contents(machine)).toEqual(contents(recovered));
  return { job, ...sent };
}

/** When a task began and ended. */
function timesOf({ tasks }: JobRecord, wanted: string): { began: number; ended: number } {
  const { startTimeInMs, endTimeInMs } = tasks.find(({ taskId }) => taskId === wanted) ?? {};
  return { began: startTimeInMs ?? NaN, ended: endTimeInMs ?? NaN };
}

it('D20 the way home sends most before the machine is shut down, or all after it: the same bytes arrive', async () => {
  const diskBytes = contents(machine).reduce((sum, { length }) => sum + length, 0);
  const shortDowntime = await homeward('ForDownTime');
  const [copied, shutDown] = ['PrepareForFailoverTask', 'ShutdownVmOnPrimary'].map((task) =>
    timesOf(shortDowntime.job, task),
  );
  expect(copied?.began).toBeLessThan(shutDown?.began ?? NaN);
  expect(copied?.ended).toBeGreaterThanOrEqual(shutDown?.ended ?? NaN);
  expect(shortDowntime.running).toBeGreaterThan(diskBytes);
  expect(shortDowntime.stopped).toBeLessThan(diskBytes / 8);

  await endsWell('failoverCommit');
  await endsWell('reProtect', { providerSpecificDetails: hyperV });
  await endsWell('plannedFailover', away);
  await endsWell('failoverCommit');
  recovered = await world.installAgent(machine);
  const leastData = await homeward('ForSynchronization');
  const [later, earlier] = ['PrepareForFailoverTask', 'ShutdownVmOnPrimary'].map((task) =>
    timesOf(leastData.job, task),
  );
  expect(later?.began).toBeGreaterThanOrEqual(earlier?.ended ?? NaN);
  expect(leastData.running).toBe(0);
  expect(leastData.stopped).toBeGreaterThan(diskBytes);
  expect(leastData.stopped).toBeLessThan(shortDowntime.running + shortDowntime.stopped);
});

describe('a machine that has come home', () => {
  beforeEach(async () => {
    await endsWell('plannedFailover', failback());
    await endsWell('failoverCommit');
    await endsWell('reProtect', { providerSpecificDetails: hyperV });
    await world.point(machine);
  });

  it('A10 can be brought to every point that is listed, those of the way out and of the way back as well', async () => {
    const { body } = await world.ask('GET', `${machine.itemId}/recoveryPoints`);
    const listed = (body as { value: { id: string; name: string }[] }).value;
    const held = new Map([...machine.atPoint, ...recovered.atPoint]);
    const origins = listed.map(({ name }) => (recovered.atPoint.has(name) ? 'back' : 'out'));
    expect(new Set(origins)).toEqual(new Set(['out', 'back']));
    for (const { id, name } of listed) {
      const details = {
        networkType: 'NoNetworkAsInput',
        providerSpecificDetails: { ...hyperV, recoveryPointId: id },
      };
      await endsWell('testFailover', { ...details, failoverDirection: 'PrimaryToRecovery' });
      expect([name, await world.recovered(machine, 'test')]).toEqual([name, held.get(name)]);
      await endsWell('testFailoverCleanup');
    }
  });

  it('I11 leaves nothing when its protection ends', async () => {
    await world.disable(machine);
    expect(await leftOver()).toEqual({ disks: [], documents: [], items: [] });
    expect(await world.made(machine)).toEqual([]);
    expect(isActive(machine)).toBe(true);
  });
});
