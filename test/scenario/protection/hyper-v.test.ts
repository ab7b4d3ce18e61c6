import { findMachine } from '../../../shared/service/agents/known-machines';
import { WishBoard } from '../../../shared/service/agents/wish-board';
import { eventually } from '../../support/eventually';
import { finalizeJobs } from '../../support/protection/finalize-jobs';
import { Inside } from '../../support/protection/inside';
import { group, Site, subscription } from '../../support/protection/site';
import type { SiteMachine } from '../../support/protection/site-machine';
import { hyperVSite } from '../../support/protection/site-options';
import { tasksOf } from '../../support/protection/tasks-of';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let site: Site;
let inside: Inside;

beforeAll(async () => {
  stack = await startStack();
  site = await Site.open(stack, {
    ...hyperVSite,
    policy: { ...hyperVSite.policy, replicationInterval: 300 },
  });
  inside = new Inside(stack);
}, 120_000);

afterAll(async () => {
  await site.close();
  await stack.stop();
}, 60_000);

const ofEnabling = [
  ...['EnableProtectionPrerequisitesCheck', 'CreateProtectionTarget', 'EnableProtection'],
  ...['VmStartInitialReplication', 'UpdateDraState'],
];

/** D6: what the machine is to recover to is not there. The job says so, and nothing of it is begun. */
async function expectNothingStarted(machine: SiteMachine): Promise<void> {
  const targetAzureNetworkId = `/subscriptions/${subscription}/resourceGroups/none/providers/Microsoft.Network/virtualNetworks/none`;
  await expect(site.enable('early', 'web', { targetAzureNetworkId })).rejects.toThrow(targetAzureNetworkId);
  expect(await tasksOf(site, 'EnableDr')).toEqual(
    ofEnabling.map((name, index) => `${name} ${['Succeeded', 'Failed'][index] ?? 'NotStarted'}`),
  );
  expect(await inside.replicasOf(site.itemId('early'))).toEqual([]);
  const known = await findMachine(inside.ports.records, site.fabricId, machine.machineId);
  expect(known).toBeDefined();
  expect((await new WishBoard(inside.ports).read(known?.agentId ?? '')).items).toEqual([]);
  expect(machine.status()?.replicas).toEqual([]);
  await site.disable('early');
}

/** D6 D7: the job is in the list by what it is and of what; its tasks are below it, one begun after the other. */
async function expectJobShown(): Promise<void> {
  const listed = [];
  for await (const { name, properties } of site.client.replicationJobs.list(site.vault, group))
    if (properties?.scenarioName === 'EnableDr') listed.push({ name, ...properties });
  expect(listed.map(({ state, targetObjectName }) => [state, targetObjectName])).toEqual([
    ['Succeeded', 'web'],
    ['Failed', 'web'],
  ]);
  const { properties } = await site.client.replicationJobs.get(site.vault, group, listed[0]?.name ?? '');
  const tasks = properties?.tasks ?? [];
  expect(tasks.map(({ name, state }) => [name, state])).toEqual(
    ofEnabling.map((name) => [name, 'Succeeded']),
  );
  const startsInMs = tasks.map(({ startTime }) => startTime?.getTime() ?? 0);
  expect(startsInMs).toEqual(startsInMs.toSorted((left, right) => left - right));
  expect(startsInMs[0]).toBeGreaterThanOrEqual(properties?.startTime?.getTime() ?? Infinity);
}

/** D6 D7 D11: enabled, copied, finalized; nothing is left when protection ends. */
async function expectToLeaveNothing(): Promise<void> {
  const machine = await site.machine({ name: 'web' });
  await expectNothingStarted(machine);
  const enabled = await site.enable('web', 'web');
  expect(['InitialReplicationInProgress', 'Protected']).toContain(enabled.properties?.protectionState);
  await expectJobShown();
  const item = await site.reaches('web', 'Protected');
  expect(item.properties).toMatchObject({
    activeLocation: 'Primary',
    allowedOperations: expect.arrayContaining(['PlannedFailover', 'TestFailover', 'DisableProtection']),
  });
  expect(await finalizeJobs(site, 'web')).toEqual(['IrCompletion']);
  const [replica] = await inside.replicasOf(site.itemId('web'));
  const replicaId = replica?.replicaId ?? '';
  const [point] = await eventually(async () => {
    const points = await site.points('web');
    return points.length > 0 && points;
  });
  expect((await inside.contentAt(point?.name ?? '', replicaId)).equals(machine.content(0))).toBe(true);

  await site.disable('web');
  await expect(site.item('web')).rejects.toMatchObject({ statusCode: 404 });
  expect(await inside.blobsOf([replicaId])).toEqual([]);
  expect((await inside.recordsWith([replicaId])).filter((name) => !name.includes('removed'))).toEqual([]);
}

/** D5: those that are there, and one that comes later. */
async function expectOnePolicy(): Promise<void> {
  const machines = await Promise.all(['shop', 'mail'].map((name) => site.machine({ name })));
  await Promise.all(['shop', 'mail'].map((name) => site.protect(name, name)));
  const cutEvery = (paceInMs: number): Promise<boolean> =>
    eventually(() => Promise.resolve(machines.every((machine) => machine.paceInMs === paceInMs)), 120_000);
  await cutEvery(300_000);
  await site.createPolicy('policy', { ...hyperVSite.policy, replicationInterval: 30 });
  // They report at once, and not when the next report is due in a minute.
  await Promise.all(machines.map((machine) => machine.restart()));
  await cutEvery(30_000);
  const late = await site.machine({ name: 'late' });
  await site.enable('late', 'late');
  await eventually(() => Promise.resolve(late.paceInMs === 30_000), 120_000);
  await site.createPolicy('loose', hyperVSite.policy);
  const other = { policyId: `${site.vaultId}/replicationPolicies/loose` };
  const answer = await site.ask('PUT', site.itemId('other'), {
    properties: {
      ...other,
      protectableItemId: await site.protectableItemId('late'),
      providerSpecificDetails: { instanceType: hyperVSite.instanceType },
    },
  });
  expect(answer).toMatchObject({ status: 409, body: { error: { code: 'Conflict' } } });
}

// One life, in order: what one step does, the next ones build on.
it('D5 D6 D7 D11 the machines of a Hyper-V site are protected under one policy, and leave nothing when they go', async () => {
  await expectToLeaveNothing();
  await expectOnePolicy();
}, 600_000);
