import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { quickDeclaration } from '../../support/failover/quick-declaration';
import { Inside } from '../../support/protection/inside';
import { Site } from '../../support/protection/site';
import { azureRegion, type Machine, sampleDisk } from '../../support/protection/site-options';
import { startStack, type Stack } from '../../support/stack';

const machineId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/shop';

/** Where the process of the host is killed in each story, in the order of the life. */
const boundaries = {
  enable: ['activity:startInitialReplication:after'],
  finalize: ['activity:finalizeItem:before'],
  resync: ['activity:runItemJob:after'],
  disable: ['activity:stopReplication:after'],
} as const;
type Story = keyof typeof boundaries;

/** Each process of the host takes the next line of the file: the point at which it is to be killed. */
const takeNextPoint = (queue: string): string => `
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
if (process.argv[1]?.endsWith('host/main.js') && existsSync(${JSON.stringify(queue)})) {
  const [next, ...rest] = readFileSync(${JSON.stringify(queue)}, 'utf8').split('\\n');
  writeFileSync(${JSON.stringify(queue)}, rest.join('\\n'));
  process.env.DURABLE_CRASH_AT = next;
}
`;

const folder = mkdtempSync(join(tmpdir(), 'host-killed-'));
const queue = join(folder, 'points');
const outcomes: string[] = [];
let stack: Stack;
let site: Site;
let inside: Inside;
let machine: Machine;
let isStarted = false;

beforeAll(async () => {
  const preload = join(folder, 'take-next-point.cjs');
  writeFileSync(preload, takeNextPoint(queue));
  const declarationFile = quickDeclaration(folder);
  const declaration = JSON.parse(readFileSync(declarationFile, 'utf8')) as {
    app: { environment: Record<string, string> };
  };
  declaration.app.environment['NODE_OPTIONS'] = `--require ${preload}`;
  writeFileSync(declarationFile, JSON.stringify(declaration));
  stack = await startStack({ declarationFile });
  site = await Site.open(stack, azureRegion);
  inside = new Inside(stack);
  machine = await site.machine({ machineId, name: 'shop', disks: [sampleDisk(1024 * 1024)] });
}, 120_000);

afterAll(async () => {
  await site.close();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
  console.info(outcomes.join('\n'));
}, 30_000);

/** Asks again while there is no host to answer. */
async function patiently<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  return eventually(() => ask().catch(() => undefined), 90_000);
}

/** Arms the host with the points of a story, tells it, and sees each of them take its toll. */
async function tell(
  story: Story,
  start: () => Promise<number>,
  hasEnded: () => Promise<boolean>,
): Promise<void> {
  const points = boundaries[story];
  writeFileSync(queue, points.join('\n'));
  await stack.restart('host');
  await patiently(async () => (await start()) < 300);
  await patiently(async () => readFileSync(queue, 'utf8') === '' && (await hasEnded()));
  rmSync(queue);
  const { jobs, state } = await patiently(async () => {
    const found = await site.jobs();
    const item = await site.item('shop').catch(({ statusCode }: { statusCode?: number }) => statusCode);
    const isOver = found.every((job) => job.state !== 'InProgress' && job.state !== 'NotStarted');
    return (
      isOver && { jobs: found, state: typeof item === 'object' ? item.properties?.protectionState : item }
    );
  });
  expect(jobs.filter((job) => job.state !== 'Succeeded')).toEqual([]);
  for (const point of points)
    outcomes.push(`${story} ${point}: ${String(state)}, ${jobs.length} jobs succeeded`);
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
const startAgent = async (): Promise<number> => {
  if (!isStarted) await machine.restart();
  isStarted = true;
  return 200;
};
const post = async (verb: string): Promise<number> =>
  (await site.ask('POST', `${site.itemId('shop')}/${verb}`, { properties: {} })).status;

// One life, in order: what one story does, the next ones build on.
it('I10 I11 the host is killed in each job of protection, and every job ends as if it had not', async () => {
  const put = async (): Promise<number> =>
    (await site.ask('PUT', site.itemId('shop'), { properties: propertiesOf() })).status;
  // Without its agent nothing is copied, so that the job ends before the next one begins.
  await machine.agent.stop();
  machine.agent.stop = () => Promise.resolve();
  await tell('enable', put, async () => (await site.item('shop')).properties?.protectionState !== undefined);
  await tell('finalize', startAgent, isProtected);
  await expectEqual();
  const [before] = await inside.replicasOf(site.itemId('shop'));
  await tell(
    'resync',
    () => post('repairReplication'),
    async () => {
      const [replica] = await inside.replicasOf(site.itemId('shop'));
      return replica?.copyingEpoch === null && (replica.applied?.epoch ?? 0) > (before?.applied?.epoch ?? 0);
    },
  );
  await expectEqual();
  const [{ replicaId = '' } = {}] = await inside.replicasOf(site.itemId('shop'));
  await tell(
    'disable',
    () => post('remove'),
    async () => (await site.ask('GET', site.itemId('shop'))).status === 404,
  );
  expect(await inside.blobsOf([replicaId])).toEqual([]);
  expect(existsSync(queue)).toBe(false);
}, 900_000);
