import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '@azure/arm-recoveryservices-siterecovery';
import { blockBytes } from '../../../agent/capture/dirty-bitmap';
import { itemJobKinds } from '../../../shared/model/job-kinds';
import { eventually } from '../../support/eventually';
import { appliance } from '../../support/failover/life-options';
import { expectSame, StackLife } from '../../support/failover/stack-life';
import type { StackMachine } from '../../support/failover/stack-machine';
import { targetGroup } from '../../support/failover/target-cloud';
import { group, quick } from '../../support/protection/site';
import { sampleDisk } from '../../support/protection/site-options';
import { HostKiller } from '../../support/stack/host-killer';

const isLong = process.env['LIFEBOAT_LONG'] === '1';
const provider = { instanceType: 'InMageRcm' as const };
const out = { failoverDirection: 'PrimaryToRecovery' };

const making = ['makeTargetDisks', 'startTargetMachine', 'writeEvidence'];
const bringing = ['shutDownSource', 'sealSource', 'drainReplicas'];
const committing = ['checkCommit', 'makeFinal'];
const reversing = ['checkReprotect', 'reverseItem', 'startReverseStream', 'awaitReverseStream'];

/** The verbs in the order of the life, each with the activities that it calls. */
const stories = {
  tested: { verb: 'testFailover', calls: ['checkFailover', 'drainReplicas', 'choosePoint', ...making] },
  cleanedUp: { verb: 'testFailoverCleanup', calls: ['checkCleanup', 'endTest', 'removeTest'] },
  failedOver: {
    verb: 'unplannedFailover',
    calls: ['checkFailover', ...bringing, 'fenceReplicas', 'choosePoint', ...making],
  },
  atAnotherPoint: {
    verb: 'applyRecoveryPoint',
    calls: [
      ...['checkPointChange', 'choosePoint', 'makeTargetDisks', 'removeOldTarget'],
      ...['startTargetMachine', 'adoptPoint', 'writeEvidence'],
    ],
  },
  committed: { verb: 'commitFailover', calls: committing },
  reversed: { verb: 'reprotect', calls: reversing },
  broughtHome: {
    verb: 'plannedFailover',
    calls: ['checkFailover', ...bringing, 'choosePoint', 'fenceReplicas', ...making],
  },
  takenBack: { verb: 'cancelFailover', calls: ['takeBack'] },
  committedHome: { verb: 'commitFailover', calls: committing },
  protectedAgain: { verb: 'reprotect', calls: reversing },
} as const;
type Story = keyof typeof stories;
type Verb = (typeof stories)[Story]['verb'];

const few: Readonly<Partial<Record<Story, readonly string[]>>> = {
  failedOver: ['activity:fenceReplicas:after'],
  broughtHome: ['activity:makeTargetDisks:before'],
};

/** Where the process of the host is killed: before and after each activity of the verb in the long form. */
function boundariesOf(story: Story): readonly string[] {
  const { calls } = stories[story];
  if (!isLong || calls.length === 0) return few[story] ?? [];
  return [...calls, 'finishFailover'].flatMap((activity) => [
    `activity:${activity}:before`,
    `activity:${activity}:after`,
  ]);
}

const folder = mkdtempSync(join(tmpdir(), 'failover-killed-'));
const killer = new HostKiller(folder);
const outcomes: string[] = [];
let life: StackLife;
let machine: StackMachine;

beforeAll(async () => {
  life = await StackLife.open(appliance, (declarationFile) => killer.declareIn(declarationFile));
  machine = await life.machine({ name: 'web', disks: [sampleDisk(1024 * 1024)] });
  await life.site.protect('web', 'web', {
    fabricDiscoveryMachineId: machine.machineId,
    processServerId: 'appliance',
    targetResourceGroupId: targetGroup,
    targetNetworkId: life.networkId,
  });
}, 240_000);

afterAll(async () => {
  await life.close();
  rmSync(folder, { recursive: true, force: true });
  console.info(['verb | the host is killed at | having run for', ...outcomes].join('\n'));
});

/** Asks again while there is no host to answer: as long as a host that is killed at each boundary may need. */
function patiently<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  return eventually(() => ask().catch(() => undefined), isLong ? 600_000 : 90_000);
}

/**
 * All jobs. Looking at each starts one that was written down and not started: its host has died, or its engine was not up. One
 * that was written down by a host that died before the job got the item ends so as well, and has touched nothing.
 */
async function jobs(): Promise<Job[]> {
  const { replicationJobs } = life.site.client;
  const named = await life.site.jobs();
  return Promise.all(named.map(({ name }) => replicationJobs.get(life.site.vault, group, name)));
}

const isOf = (verb: Verb, states: readonly string[]) => {
  const { scenarioName } = itemJobKinds[verb];
  return ({ properties = {} }: Job): boolean =>
    properties.scenarioName === scenarioName && states.includes(properties.state ?? '');
};

/** Asks until there is a job of it: a host that is killed at once may have begun the job and answered nobody. */
async function begin(verb: Verb, ask: () => Promise<unknown>): Promise<void> {
  const isBegun = isOf(verb, ['InProgress', 'Succeeded']);
  const before = await patiently(async () => (await jobs()).filter(isBegun).length);
  await patiently(async () => {
    if ((await jobs()).filter(isBegun).length > before) return true;
    await ask();
    return false;
  });
}

/** All jobs have ended; those that did not succeed never had the item, or asked before there was a point. */
async function expectEnds(points: readonly string[]): Promise<void> {
  const ended = await patiently(async () => {
    const all = await jobs();
    const isOpen = all.some(({ properties }) => /InProgress|NotStarted/.test(properties?.state ?? ''));
    return !isOpen && (points.length === 0 || killer.starts.length > points.length) && all;
  });
  for (const { properties } of ended) {
    if (properties?.state !== 'Succeeded')
      expect(JSON.stringify(properties?.errors)).toMatch(/ItemBusy|PointNotWhole/);
  }
}

/** Arms the host with the points of a story, asks for its verb, and sees each point take its toll. */
async function tell(story: Story, ask: () => Promise<unknown>): Promise<void> {
  const points = boundariesOf(story);
  if (points.length > 0) {
    killer.arm(points);
    await life.restartHost();
  }
  await begin(stories[story].verb, ask);
  await expectEnds(points);
  const { starts } = killer;
  expect(starts.slice(0, -1).map(({ point }) => point)).toEqual(points);
  for (const [index, { point, atInMs }] of starts.slice(0, -1).entries()) {
    const seconds = (((starts[index + 1]?.atInMs ?? 0) - atInMs) / 1000).toFixed(1);
    outcomes.push(`${story} | ${point} | ${seconds} s`);
  }
  killer.disarm();
}

const point = (recoveryPointId: string): { recoveryPointId: string } & typeof provider => ({
  ...provider,
  recoveryPointId,
});

async function isTested(): Promise<{ early: string; atEarly: Buffer }> {
  await machine.write(0, 4096, Buffer.alloc(512, 0x11));
  const early = `${life.itemId}/recoveryPoints/${await life.point()}`;
  const atEarly = machine.content(0);
  const properties = { ...out, networkType: 'NoNetworkAsInput', providerSpecificDetails: point(early) };
  await tell('tested', () => life.items.beginTestFailover(...life.at, { properties }, quick));
  expectSame(await life.contents(await life.recovered('test')), [atEarly]);
  const cleanUp = { properties: { comments: 'it came up' } };
  await tell('cleanedUp', () => life.items.beginTestFailoverCleanup(...life.at, cleanUp, quick));
  expect(await life.made()).toEqual([]);
  return { early, atEarly };
}

async function failsOver(): Promise<void> {
  await machine.write(0, 8192, Buffer.alloc(512, 0x22));
  const planned = { ...out, providerSpecificDetails: undefined as never };
  await expect(
    life.items.beginPlannedFailoverAndWait(...life.at, { properties: planned }, quick),
  ).rejects.toMatchObject({ statusCode: 400 });
  const properties = {
    ...{ ...out, sourceSiteOperations: 'Required' },
    providerSpecificDetails: { ...provider, performShutdown: 'true' },
  };
  await tell('failedOver', () => life.items.beginUnplannedFailover(...life.at, { properties }, quick));
  expect(machine.isRunning).toBe(false);
  expectSame(await life.contents(await life.recovered('real')), [machine.content(0)]);
  expect((await life.made()).filter((id) => id.toLowerCase().includes('/virtualmachines/'))).toHaveLength(1);
}

async function changesPoint(early: string, atEarly: Buffer): Promise<void> {
  const properties = { recoveryPointId: early, providerSpecificDetails: point(early) };
  await tell('atAnotherPoint', () => life.items.beginApplyRecoveryPoint(...life.at, { properties }, quick));
  expectSame(await life.contents(await life.recovered('real')), [atEarly]);
  await tell('committed', () => life.items.beginFailoverCommit(...life.at, quick));
  await life.reaches('UnplannedFailoverCommitted');
}

async function isReprotected(): Promise<StackMachine> {
  const recovered = await life.installAgent();
  await recovered.write(0, 65_536, Buffer.alloc(4096, 0x33));
  const providerSpecificDetails = {
    ...{ ...provider, reprotectAgentId: 'agent' },
    ...{ datastoreName: 'store', logStorageAccountId: 'account' },
  };
  const properties = { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails };
  await tell('reversed', () => life.items.beginReprotect(...life.at, { properties }, quick));
  await recovered.write(0, 131_072, Buffer.alloc(512, 0x44));
  return recovered;
}

async function comesHome(recovered: StackMachine): Promise<void> {
  const providerSpecificDetails = {
    ...{ instanceType: 'InMageRcmFailback' as const, recoveryPointType: 'CrashConsistent' as const },
  };
  const properties = { failoverDirection: 'RecoveryToPrimary', providerSpecificDetails };
  await tell('broughtHome', () => life.items.beginPlannedFailover(...life.at, { properties }, quick));
  expectSame([machine.content(0)], [recovered.content(0)]);
  expect(await life.sentHomeBytes()).toBe(3 * blockBytes);
  expect(machine.isRunning).toBe(true);
  if (isLong) {
    await tell('takenBack', () => life.items.beginFailoverCancel(...life.at, quick));
    await patiently(() => Promise.resolve(!machine.isRunning));
    // It takes writes again once its agent has heard of it.
    await patiently(() => recovered.write(0, 131_072, Buffer.alloc(512, 0x66)).then(() => true));
    // While the disks are compared there is no whole point to go home with.
    await patiently(() =>
      life.items.beginPlannedFailoverAndWait(...life.at, { properties }, quick).then(() => true),
    );
    expectSame([machine.content(0)], [recovered.content(0)]);
  }
  await tell('committedHome', () => life.items.beginFailoverCommit(...life.at, quick));
  expect(await life.made()).toEqual([]);
}

async function isProtectedAgain(): Promise<void> {
  const providerSpecificDetails = {
    ...{ instanceType: 'InMageRcmFailback' as const, processServerId: 'appliance' },
    policyId: `${life.site.vaultId}/replicationPolicies/policy`,
  };
  const properties = { ...out, providerSpecificDetails };
  await tell('protectedAgain', () => life.items.beginReprotect(...life.at, { properties }, quick));
  await machine.write(0, 262_144, Buffer.alloc(512, 0x55));
  await life.replicasReach([machine.content(0)]);
}

describe('a VMware machine behind an appliance, the official client, and a host that is killed on the way', () => {
  it('B13 B15 I6 I10 is tested, failed over, brought to another point and home, and protected again', async () => {
    const { early, atEarly } = await isTested();
    await failsOver();
    await changesPoint(early, atEarly);
    await comesHome(await isReprotected());
    await isProtectedAgain();
    expect(machine.isRunning).toBe(true);
  }, 3_600_000);
});
