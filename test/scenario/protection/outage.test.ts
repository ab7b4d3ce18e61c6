import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthError } from '@azure/arm-recoveryservices-siterecovery';
import { freePorts } from '../../../local/cloud';
import type { ProtectedItem } from '../../../shared/contracts/catalogue/protected-item';
import type { ReplicaRecord } from '../../../shared/contracts/replication/replica-record';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import { readItem } from '../../../shared/service/protection/item-records';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { TargetCloud } from '../../support/failover/target-cloud';
import { Inside } from '../../support/protection/inside';
import { group, quick, Site } from '../../support/protection/site';
import { vmwareSite } from '../../support/protection/site-options';
import { declarationWith } from '../../support/stack/declaration-with';
import { SteppedClock } from '../../support/stack/stepped-clock';
import { StorageGateway } from '../../support/stack/storage-gateway';
import { startStack, type Stack } from '../../support/stack';

const minuteInMs = 60_000;
const hourInMs = 60 * minuteInMs;
// So much that what waits during an outage is far from half of it.
const diskBytes = 4 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'outage-'));
const path = join(folder, 'disk.raw');
const clock = new SteppedClock(folder);
const policy = { ...vmwareSite.policy, recoveryPointThresholdInMinutes: 60 };

let stack: Stack;
let site: Site;
let inside: Inside;
let cloud: TargetCloud;
let networkId: string;
let target: StorageGateway;
let agent: AgentProcess;
let replicaId: string;

beforeAll(async () => {
  const ports = await freePorts();
  target = await StorageGateway.open(ports.target);
  const declarationFile = declarationWith(folder, {
    TARGET_BLOB_ENDPOINT: `https://127.0.0.1:${target.address}/{{target.account}}`,
  });
  process.env['NODE_OPTIONS'] = clock.nodeOptions;
  stack = await startStack({ ports, declarationFile });
  site = await Site.open(stack, { ...vmwareSite, policy });
  inside = new Inside(stack);
  cloud = new TargetCloud(stack);
  networkId = await cloud.network();
  writeFileSync(path, randomBytes(diskBytes));
  agent = await startedAgent();
  await site.protect('shop', 'shop', { targetAzureNetworkId: networkId });
  replicaId = (await inside.replicasOf(site.itemId('shop')))[0]?.replicaId ?? '';
}, 180_000);

afterAll(async () => {
  await agent.kill('SIGTERM');
  await site.close();
  await stack.stop();
  await target.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function startedAgent(machineId = 'shop'): Promise<AgentProcess> {
  const started = new AgentProcess({
    ...{ url: site.endpoint, folder, machineId, token: await site.token(), disks: [`${path}:disk0`] },
    certificateAuthorityFile: stack.facts['authority.file'] ?? '',
    launcher: ['env', `NODE_OPTIONS=${clock.nodeOptions}`],
  });
  started.start();
  return started;
}

/** It reports at once when it is started, not a minute later. */
async function restartAgent(machineId = 'shop'): Promise<void> {
  await agent.kill('SIGTERM');
  agent = await startedAgent(machineId);
}

const record = async (): Promise<ReplicaRecord> => {
  const [found] = await inside.replicasOf(site.itemId('shop'));
  if (found === undefined) throw new Error('there is no replica');
  return found;
};

async function change(): Promise<void> {
  const guest = await agent.connect('disk0');
  await guest.write(0, randomBytes(512));
  guest.close();
}

/** The guest writes, and the bell that is rung for it, or one that was rung since this was caused, is answered so. */
async function write(
  answer: 'waiting' | 'drained' | 'a drain failed',
  caused: () => unknown = () => undefined,
): Promise<void> {
  const heard = (): number =>
    stack.lines.filter((line) => line.includes(answer) && line.includes(replicaId)).length;
  const before = heard();
  await caused();
  await change();
  await eventually(() => Promise.resolve(heard() > before), 60_000);
}

async function shown(): Promise<{ health: string; errors: readonly HealthError[] }> {
  const { properties } = await site.item('shop');
  return { health: properties?.replicationHealth ?? '', errors: properties?.healthErrors ?? [] };
}

const codes = async (): Promise<string[]> => (await shown()).errors.map(({ errorCode = '' }) => errorCode);

async function expectReplicaEqual(): Promise<void> {
  await eventually(async () => {
    const { data } = await inside.ports.disks
      .open(replicaId)
      .read({ offsetBytes: 0, lengthBytes: diskBytes });
    return readFileSync(path).equals(data);
  }, 60_000);
}

/** D17: to the millisecond, while bells are rung all the time. X7: in the middle of it no point is an hour old. */
async function expectOutageOutlasted(): Promise<void> {
  await expectReplicaEqual();
  clock.stand();
  await write('a drain failed', () => target.refuse(stack.dataFolder, 502, 'BadGateway'));
  const newestInMs = (await record()).lastPoint?.seenServiceTimeInMs ?? 0;
  for (const [index, minutes] of [1, 2, 4, 8, 10, 30].entries()) {
    clock.step(minutes * minuteInMs - 1);
    await write('waiting');
    expect((await record()).failure?.count).toBe(index + 1);
    await write('a drain failed', () => clock.step(1));
    expect((await record()).failure).toMatchObject({
      count: index + 2,
      code: 'InternalError',
      isFinal: false,
    });
  }
  await expectAlert(newestInMs + 60 * minuteInMs);
  const { failure } = await record();
  clock.step((failure?.nextTryAtMs ?? 0) - clock.now() - 1);
  await write('waiting');
  target.passAgain();
  await write('drained', () => clock.step(1));
  clock.run();
  expect((await record()).failure).toBeNull();
  // By the clock it has not reported for half an hour.
  await restartAgent();
  await site.pointAfter('shop', clock.now());
  await expectReplicaEqual();
  await expectHealthy();
}

async function expectHealthy(): Promise<void> {
  await eventually(async () => (await shown()).health === 'Normal', 90_000).catch(() => undefined);
  expect(await codes()).toEqual([]);
}

/** X7 */
async function expectAlert(dueInMs: number): Promise<void> {
  clock.step(dueInMs - clock.now());
  await restartAgent();
  await eventually(async () => (await record()).agent?.saidAtMs === clock.now());
  expect(await codes()).not.toContain('153007');
  clock.step(1);
  await restartAgent();
  const alert = await eventually(async () =>
    (await shown()).errors.find(({ errorCode }) => errorCode === '153007'),
  );
  expect(alert.recommendedAction).toMatch(/\w{4}/);
}

/** Critical by this code, with something to do about it; and nothing is tried, whoever rings. */
async function expectFinal(code: string): Promise<void> {
  const error = await eventually(async () => {
    const { health, errors } = await shown();
    return health === 'Critical' && errors.find(({ errorCode }) => errorCode === code);
  }, 60_000);
  expect(error).toMatchObject({ errorLevel: 'Error', recommendedAction: expect.stringMatching(/\w{4}/) });
}

async function expectNoRetry(): Promise<void> {
  const { failure } = await record();
  // Two who were rung at once have both tried, at most.
  expect(failure).toMatchObject({ isFinal: true });
  expect(failure?.count).toBeLessThanOrEqual(2);
  clock.step(120 * minuteInMs);
  await write('waiting');
  expect((await record()).failure).toEqual(failure);
  clock.step(-120 * minuteInMs);
}

async function resync(): Promise<void> {
  const { client, vault, fabric, container } = site;
  const at = [vault, group, fabric, container, 'shop'] as const;
  await client.replicationProtectedItems.beginRepairReplicationAndWait(...at, quick);
  await expectReplicaEqual();
  await restartAgent();
  await expectHealthy();
}

/** D16: a storage account that lets us in no more. */
async function loseRights(): Promise<void> {
  await write('a drain failed', () => target.refuse(stack.dataFolder, 403, 'AuthorizationFailure'));
  await expectFinal('StorageForbidden');
  await expectNoRetry();
  target.passAgain();
  await resync();
}

/** The log after the newest that has arrived, once nothing is on its way into the replica. */
async function nextToArrive(): Promise<{ epoch: number; sequence: number } | undefined> {
  const { applied } = await record();
  const next = { epoch: applied?.epoch ?? 0, sequence: (applied?.sequence ?? 0) + 1 };
  for await (const _ of inside.ports.cache.list(replicaId, next.epoch, next.sequence)) return undefined;
  return next;
}

/** D16: a log that is chained to another one than the last, however often it is sent. */
async function breakChain(): Promise<void> {
  const opensAtInMs = Math.ceil((clock.now() + hourInMs) / minuteInMs) * minuteInMs;
  await site.resyncBetween(opensAtInMs, opensAtInMs + hourInMs);
  await agent.kill('SIGTERM');
  const { epoch, sequence } = await eventually(nextToArrive, 60_000);
  const place = { replicaId, epoch, sequence };
  const times = { firstWriteTimeInMs: clock.now(), lastWriteTimeInMs: clock.now() };
  const header = { ...place, ...times, previousDigest: 'f'.repeat(64), diskSizeBytes: diskBytes };
  const { bytes } = await encodeChangeLog(header, [], { codec: 'none' });
  // More than the agent is asked for in the time: what it sends it finds there already.
  for (let attempt = 0; attempt < 40; attempt++) await inside.ports.cache.put({ ...place, attempt }, bytes);
  agent = await startedAgent();
  await change();
  await expectFinal('ResyncNeeded');
  expect((await record()).applied).toEqual({ epoch, sequence: sequence - 1 });
  await expectResyncFrom(opensAtInMs);
}

const resyncJobs = async (): Promise<string[]> =>
  (await site.jobs())
    .filter(({ scenarioName }) => scenarioName === 'RepairReplication')
    .map(({ state }) => state);

/** D15: nobody asks for it, and it starts by itself when its hours have come, not before. */
async function expectResyncFrom(opensAtInMs: number): Promise<void> {
  const before = await resyncJobs();
  clock.stand();
  clock.step(opensAtInMs - clock.now() - 1);
  await expectReview();
  expect(await resyncJobs()).toEqual(before);
  clock.step(1);
  await restartAgent();
  await eventually(async () => (await resyncJobs()).length > before.length, 60_000);
  clock.run();
  await expectReplicaEqual();
  await restartAgent();
  await expectHealthy();
}

/** The item is looked at, by the clock as it stands. */
async function expectReview(): Promise<void> {
  await restartAgent();
  await eventually(async () => (await shop()).rpoCalculatedAtInMs === clock.now(), 60_000);
}

async function shop(): Promise<ProtectedItem> {
  const item = await readItem(inside.ports.records, site.itemId('shop'));
  if (item === undefined) throw new Error('there is no item');
  return item;
}

/** D16: the machine is not where its agent is any more. */
async function loseMachine(): Promise<void> {
  await restartAgent('another');
  await expectFinal('MachineMissing');
  expect((await record()).failure).toBeNull();
  await restartAgent();
  await expectHealthy();
}

/** X6: looked for every 12 hours, to the millisecond, by nobody's wish. */
async function loseNetwork(): Promise<void> {
  clock.stand();
  await cloud.removeNetwork(networkId);
  const dueInMs = Number((await shop())['validatedAtInMs']) + 12 * hourInMs;
  clock.step(dueInMs - clock.now() - 1);
  await expectReview();
  clock.step(1);
  await restartAgent();
  await eventually(async () => Number((await shop())['validatedAtInMs']) > dueInMs - 12 * hourInMs, 60_000);
  expect((await shop())['validatedAtInMs']).toBe(dueInMs);
  await restartAgent();
  await eventually(async () => (await codes()).includes('TargetResourceMissing'), 60_000);
  expect((await site.item('shop')).properties?.failoverHealth).toBe('Critical');
  clock.run();
}

/** D16: a replica disk that somebody removed. */
async function loseReplica(): Promise<void> {
  await write('a drain failed', () => inside.ports.disks.remove(replicaId));
  await expectFinal('ReplicaInvalid');
  await expectNoRetry();
}

// One life, in order: what one step does, the next ones build on.
it('D15 D16 D17 X6 X7 an outage is outlasted by the documented steps, and what no retry can cure is not retried', async () => {
  await expectOutageOutlasted();
  await loseRights();
  await breakChain();
  await loseMachine();
  await loseNetwork();
  await loseReplica();
}, 600_000);
