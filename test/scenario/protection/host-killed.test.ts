import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { quickDeclaration } from '../../support/failover/quick-declaration';
import { Inside } from '../../support/protection/inside';
import { Site } from '../../support/protection/site';
import type { SiteMachine } from '../../support/protection/site-machine';
import { azureRegion, sampleDisk } from '../../support/protection/site-options';
import { startStack, type Stack } from '../../support/stack';
import { HostKiller } from '../../support/stack/host-killer';

const machineId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/shop';

const mebibyte = 1024 * 1024;
const isLong = process.env['LIFEBOAT_LONG'] === '1';

/** What each job calls, in the order of the life. */
const activities = {
  enable: [
    ...['checkPrerequisites', 'createProtectionTarget', 'prepareAgent', 'enableReplication'],
    ...['startInitialReplication', 'updateServers', 'endEnable'],
  ],
  finalize: ['finalizeItem'],
  resync: ['runItemJob'],
  disable: ['checkDisable', 'stopReplication', 'cleanUp', 'endDisable'],
} as const;
type Story = keyof typeof activities;

const few = [
  'activity:startInitialReplication:after',
  'activity:finalizeItem:before',
  'activity:runItemJob:after',
  'activity:stopReplication:after',
];

/** No activity is called so: the test itself kills the host, while the disk is copied for the first time. */
const whileCopying = 'whileCopying';

/** Where the process of the host is killed: once in each job, and everywhere in the long form. */
function boundariesOf(story: Story): string[] {
  const all = activities[story].flatMap((activity) => [
    `activity:${activity}:before`,
    `activity:${activity}:after`,
  ]);
  if (!isLong) return all.filter((point) => few.includes(point));
  return story === 'finalize' ? [whileCopying, ...all] : all;
}

const folder = mkdtempSync(join(tmpdir(), 'host-killed-'));
const killer = new HostKiller(folder);
const outcomes: string[] = [];
let stack: Stack;
let site: Site;
let inside: Inside;
let machine: SiteMachine;
let isStarted = false;

beforeAll(async () => {
  const declarationFile = quickDeclaration(folder);
  killer.declareIn(declarationFile);
  stack = await startStack({ declarationFile });
  site = await Site.open(stack, azureRegion);
  inside = new Inside(stack);
  machine = await site.machine({
    machineId,
    name: 'shop',
    disks: [sampleDisk(isLong ? 64 * mebibyte : mebibyte)],
  });
});

afterAll(async () => {
  await site.close();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
  console.info(
    ['job | the host is killed at | having run for | the machine at the end', ...outcomes].join('\n'),
  );
});

/** Asks again while there is no host to answer: as long as a host that is killed at each boundary may need. */
async function patiently<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  return eventually(() => ask().catch(() => undefined), isLong ? 600_000 : 90_000);
}

/** Arms the host with the points of a story, tells it, and sees each of them take its toll. */
async function tell(
  story: Story,
  start: () => Promise<boolean>,
  hasEnded: () => Promise<boolean>,
): Promise<void> {
  const points = boundariesOf(story);
  killer.arm(points);
  await stack.restart('host');
  await patiently(start);
  await patiently(() => Promise.resolve(killer.starts.length > points.length));
  await patiently(hasEnded);
  const { jobs, state } = await patiently(async () => {
    const found = await site.jobs();
    const item = await site.item('shop').catch(({ statusCode }: { statusCode?: number }) => statusCode);
    const isOver = found.every((job) => job.state !== 'InProgress' && job.state !== 'NotStarted');
    return (
      isOver && { jobs: found, state: typeof item === 'object' ? item.properties?.protectionState : item }
    );
  });
  expect(jobs.filter((job) => job.state !== 'Succeeded')).toEqual([]);
  const { starts } = killer;
  expect(starts.map(({ point }) => point)).toEqual([...points, '']);
  for (const [index, { point, atInMs }] of starts.slice(0, -1).entries()) {
    const seconds = (((starts[index + 1]?.atInMs ?? 0) - atInMs) / 1000).toFixed(1);
    outcomes.push(`${story} | ${point} | after ${seconds} s | ${String(state)}, every job Succeeded`);
  }
  killer.disarm();
}

const propertiesOf = (): object => ({
  policyId: `${site.vaultId}/replicationPolicies/policy`,
  providerSpecificDetails: {
    ...{ instanceType: 'A2A', fabricObjectId: machineId },
    recoveryContainerId: `${site.vaultId}/replicationFabrics/other/replicationProtectionContainers/there`,
    recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
    vmManagedDisks: [
      {
        ...{ diskId: 'disk0', primaryStagingAzureStorageAccountId: '/subscriptions/s/cache' },
        recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
      },
    ],
  },
});

async function expectEqual(): Promise<void> {
  await machine.write(0, 4096, randomBytes(4096));
  const [replica] = await inside.replicasOf(site.itemId('shop'));
  const since = Date.now();
  const point = await patiently(() => site.pointAfter('shop', since));
  expect((await inside.contentAt(point, replica?.replicaId ?? '')).equals(machine.content(0))).toBe(true);
}

const isProtected = async (): Promise<boolean> =>
  (await site.item('shop')).properties?.protectionState === 'Protected';
/** From now on the disk is copied. In the long form the host is killed when a part of it is there. */
const startAgent = async (): Promise<boolean> => {
  if (!isStarted) await machine.restart();
  isStarted = true;
  if (!isLong) return true;
  await patiently(async () => {
    const [replica] = await inside.replicasOf(site.itemId('shop'));
    return (replica?.applied?.sequence ?? 0) > 0;
  });
  expect(await isProtected()).toBe(false);
  await stack.kill('host');
  return true;
};

/** Asks until there is a job of it: a host that is killed at once may have begun the job and answered nobody. */
async function asking(scenario: string, ask: () => Promise<unknown>): Promise<() => Promise<boolean>> {
  const countJobs = async (): Promise<number> =>
    (await site.jobs()).filter(({ scenarioName }) => scenarioName === scenario).length;
  const before = await countJobs();
  return async () => {
    if ((await countJobs()) > before) return true;
    await ask();
    return false;
  };
}
const post = (verb: string): Promise<unknown> =>
  site.ask('POST', `${site.itemId('shop')}/${verb}`, { properties: {} });

// One life, in order: what one story does, the next ones build on.
it('I10 I11 the host is killed in each job of protection, and every job ends as if it had not', async () => {
  const put = (): Promise<unknown> => site.ask('PUT', site.itemId('shop'), { properties: propertiesOf() });
  // Without its agent nothing is copied, so that the job ends before the next one begins.
  await machine.stop();
  await tell(
    'enable',
    await asking('EnableDr', put),
    async () => (await site.item('shop')).properties?.protectionState !== undefined,
  );
  await tell('finalize', startAgent, isProtected);
  await expectEqual();
  const [before] = await inside.replicasOf(site.itemId('shop'));
  await tell('resync', await asking('RepairReplication', () => post('repairReplication')), async () => {
    const [replica] = await inside.replicasOf(site.itemId('shop'));
    return replica?.copyingEpoch === null && (replica.applied?.epoch ?? 0) > (before?.applied?.epoch ?? 0);
  });
  await expectEqual();
  const [{ replicaId = '' } = {}] = await inside.replicasOf(site.itemId('shop'));
  await tell(
    'disable',
    await asking('DisableDr', () => post('remove')),
    async () => (await site.ask('GET', site.itemId('shop'))).status === 404,
  );
  expect(await inside.blobsOf([replicaId])).toEqual([]);
}, 1_800_000);
