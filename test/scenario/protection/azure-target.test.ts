import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { A2AReplicationDetails } from '@azure/arm-recoveryservices-siterecovery';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { TargetCloud } from '../../support/failover/target-cloud';
import { finalizeJobs } from '../../support/protection/finalize-jobs';
import { Inside } from '../../support/protection/inside';
import { group, quick, Site, subscription } from '../../support/protection/site';
import { azureRegion, sampleDisk } from '../../support/protection/site-options';
import { tasksOf } from '../../support/protection/tasks-of';
import { startStack, type Stack } from '../../support/stack';

const groups = `/subscriptions/${subscription}/resourceGroups`;
const owner = { vaultId: 'test', itemId: 'test', jobId: 'test' };
const here = { resourceGroupId: `${groups}/shop`, location: 'westeurope' };
/** Each of them is a job of its own. */
const fewLooks = 4000;
const folder = mkdtempSync(join(tmpdir(), 'azure-target-'));

let stack: Stack;
let site: Site;
let inside: Inside;
let cloud: TargetCloud;
let agent: AgentProcess | undefined;
let shopId: string;
let diskId: string;

beforeAll(async () => {
  stack = await startStack();
  site = await Site.open(stack, azureRegion);
  inside = new Inside(stack);
  cloud = new TargetCloud(stack);
  const disk = sampleDisk(1024 * 1024);
  writeFileSync(join(folder, 'shop.raw'), disk);
  shopId = await machine('shop', disk);
  diskId = (await cloud.compute.sources.read(shopId))?.disks[0]?.id ?? '';
}, 120_000);

afterAll(async () => {
  await agent?.kill('SIGTERM');
  await site.close();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function network(place: typeof here, name: string): Promise<string> {
  return cloud.compute.places.ensureNetwork({
    ...{ owner, place, name, addressSpace: ['10.1.0.0/16'] },
    subnets: [
      { name: 'web', range: '10.1.0.0/24' },
      { name: 'data', range: '10.1.1.0/24' },
    ],
  });
}

/** A machine that runs in a network and an availability set. */
async function machine(name: string, data: Buffer): Promise<string> {
  const { places, machines } = cloud.compute;
  await places.ensureGroup(here, owner);
  const replicaId = randomUUID();
  const replica = await inside.ports.disks.create(replicaId, data.length);
  await replica.raise(1);
  await replica.write({ kind: 'data', offsetBytes: 0, lengthBytes: data.length, data }, 1);
  await replica.raise(2);
  const disk = { replicaId, name: `${name}-0`, sizeBytes: data.length, isOperatingSystem: true };
  const { id } = await machines.makeDisk({ owner, place: here, ...disk });
  return machines.makeMachine({
    ...{ owner, place: here, name, diskIds: [id], size: 'Standard_B2s' },
    availabilitySetId: await places.ensureAvailabilitySet(here, 'pair', owner),
    nics: [{ networkId: await network(here, 'harbour'), subnet: 'web' }],
  });
}

const detailsOf = async (item: string): Promise<A2AReplicationDetails> =>
  (await site.item(item)).properties?.providerSpecificDetails as A2AReplicationDetails;
const intoOther = (): object => ({
  recoveryContainerId: `${site.vaultId}/replicationFabrics/other/replicationProtectionContainers/there`,
});

/** A6: a machine without an agent gets one through the cloud; the job waits for it, and its heartbeat is seen. */
async function enableWithoutAgent(): Promise<void> {
  const began = Date.now();
  const enabling = site.enable('shop', 'shop', { fabricObjectId: shopId, ...intoOther() });
  const extension = await eventually(async () => {
    const found = await cloud.read(`${shopId}/extensions/lifeboat-agent`);
    return found?.properties;
  }, 60_000);
  expect(extension).toMatchObject({
    ...{ publisher: 'Lifeboat', type: 'AgentLinux' },
    settings: { machineId: shopId },
  });
  expect(JSON.stringify(extension)).not.toContain('token');
  const [check, target, ...later] = await tasksOf(site, 'EnableDr');
  expect([check, target]).toEqual([
    'EnableProtectionPrerequisitesCheck Succeeded',
    'CreateProtectionTarget Succeeded',
  ]);
  expect(later).toEqual(
    ['EnableProtection', 'VmStartInitialReplication', 'UpdateDraState'].map((name) => `${name} NotStarted`),
  );
  agent = new AgentProcess({
    ...{ url: site.endpoint, folder, machineId: shopId, token: await site.token() },
    disks: [`${join(folder, 'shop.raw')}:${diskId}`],
    certificateAuthorityFile: stack.facts['authority.file'] ?? '',
    arguments: ['--name', 'shop'],
  });
  agent.start();
  await enabling;
  expect(await tasksOf(site, 'EnableDr')).toEqual(
    [
      ...['EnableProtectionPrerequisitesCheck', 'CreateProtectionTarget', 'EnableProtection'],
      ...['VmStartInitialReplication', 'UpdateDraState'],
    ].map((name) => `${name} Succeeded`),
  );
  const { replicationRecoveryServicesProviders: providers } = site.client;
  const heartbeats: number[] = [];
  for await (const { properties } of providers.listByReplicationFabrics(site.vault, group, site.fabric))
    heartbeats.push(properties?.lastHeartBeat?.getTime() ?? 0);
  expect(heartbeats).toEqual([expect.any(Number)]);
  expect(heartbeats[0]).toBeGreaterThan(began);
}

/** A2 A3: what was not there is, like the source's and named after it; the disk is followed, byte for byte. */
async function expectTargetLikeSource(): Promise<void> {
  await site.reaches('shop', 'Protected');
  expect(await finalizeJobs(site, 'shop')).toEqual(['PrimaryIrCompletion', 'SecondaryIrCompletion']);
  const details = await detailsOf('shop');
  const there = `${groups}/shop-asr`;
  const networkId = `${there}/providers/Microsoft.Network/virtualNetworks/harbour-asr`;
  const setId = `${there}/providers/Microsoft.Compute/availabilitySets/pair-asr`;
  expect(details).toMatchObject({
    recoveryAzureResourceGroupId: there,
    selectedRecoveryAzureNetworkId: networkId,
    recoveryAvailabilitySet: setId,
  });
  expect(await cloud.read(there, '2021-04-01')).toMatchObject({ location: 'northeurope' });
  expect(await cloud.compute.catalog.network(networkId)).toMatchObject({
    ...{ location: 'northeurope', addressSpace: ['10.1.0.0/16'] },
    subnets: [
      { name: 'web', range: '10.1.0.0/24' },
      { name: 'data', range: '10.1.1.0/24' },
    ],
  });
  expect(await cloud.read(setId)).toMatchObject({ location: 'northeurope' });

  const [replica] = await inside.replicasOf(site.itemId('shop'));
  const replicaId = replica?.replicaId ?? '';
  const containers = (await inside.blobsOf([replicaId])).filter((name) => !name.includes('/'));
  expect(containers).toHaveLength(1);
  expect((await inside.ports.disks.open(replicaId).state()).sizeBytes).toBe(1024 * 1024);
  const guest = await agent?.connect(diskId);
  await guest?.write(4096, randomBytes(4096));
  guest?.close();
  const point = await site.pointAfter('shop', Date.now());
  const content = await inside.contentAt(point, replicaId);
  expect(content.equals(readFileSync(join(folder, 'shop.raw')))).toBe(true);
}

/** A3: each of them is taken as it is named. */
async function expectOverrides(): Promise<void> {
  const place = { resourceGroupId: `${groups}/mine`, location: 'northeurope' };
  await cloud.compute.places.ensureGroup(place, owner);
  const recoveryAzureNetworkId = await network(place, 'mine');
  const recoveryAvailabilitySetId = await cloud.compute.places.ensureAvailabilitySet(place, 'mine', owner);
  const disk = sampleDisk(1024 * 1024);
  const mailId = await machine('mail', disk);

  await site.machine({ name: 'mail', machineId: mailId, disks: [disk] });
  await site.protect('mail', 'mail', {
    ...{ fabricObjectId: mailId, recoveryResourceGroupId: place.resourceGroupId },
    ...{ recoveryAzureNetworkId, recoveryAvailabilitySetId, ...intoOther() },
  });
  expect(await detailsOf('mail')).toMatchObject({
    recoveryAzureResourceGroupId: place.resourceGroupId,
    selectedRecoveryAzureNetworkId: recoveryAzureNetworkId,
    recoveryAvailabilitySet: recoveryAvailabilitySetId,
  });
  const mail = { vaultId: site.vaultId, itemId: site.itemId('mail') };
  expect(await cloud.compute.machines.made(mail)).toEqual([]);
}

/** A4: there and back, each a mapping of its own. */
async function mapNetworks(): Promise<void> {
  const [from, to] = [`${here.resourceGroupId}/harbour`, `${groups}/shop-asr/harbour-asr`];
  const ways = [
    { fabric: site.fabric, name: 'there', recoveryFabricName: 'other', primary: from, recovery: to },
    { fabric: 'other', name: 'back', recoveryFabricName: site.fabric, primary: to, recovery: from },
  ];
  const { replicationNetworkMappings: mappings } = site.client;
  for (const { fabric, name, recoveryFabricName, primary, recovery } of ways) {
    const fabricSpecificDetails = { instanceType: 'AzureToAzure' as const, primaryNetworkId: primary };
    const properties = { recoveryFabricName, recoveryNetworkId: recovery, fabricSpecificDetails };
    await mappings.beginCreateAndWait(
      ...[site.vault, group, fabric, 'azureNetwork', name],
      { properties },
      quick,
    );
  }
  const listed: string[] = [];
  for await (const { properties } of mappings.list(site.vault, group))
    listed.push(`${properties?.primaryNetworkId ?? ''} -> ${properties?.recoveryNetworkId ?? ''}`);
  expect(listed.toSorted()).toEqual([`${from} -> ${to}`, `${to} -> ${from}`].toSorted());
}

/** X6: on demand; what a failover would miss is named, with what to do, until it is there again. */
async function expectMissingNetworkToBeNamed(): Promise<void> {
  const networkId = (await detailsOf('shop')).selectedRecoveryAzureNetworkId ?? '';
  const errors = async (): Promise<object[]> => {
    await site.client.replicationFabrics.beginCheckConsistencyAndWait(site.vault, group, site.fabric, quick);
    return (await site.item('shop')).properties?.healthErrors ?? [];
  };
  await cloud.removeNetwork(networkId);
  const named = await eventually(async () => (await errors()).at(0), fewLooks);
  expect(named).toMatchObject({
    ...{ errorCode: 'TargetResourceMissing', errorLevel: 'Error' },
    errorMessage: expect.stringContaining(networkId),
    recommendedAction: expect.stringMatching(/Create the network again/),
  });
  expect((await site.item('shop')).properties?.failoverHealth).toBe('Critical');
  await network({ resourceGroupId: `${groups}/shop-asr`, location: 'northeurope' }, 'harbour-asr');
  await eventually(async () => (await errors()).length === 0, fewLooks);
  expect((await site.item('shop')).properties?.failoverHealth).toBe('Normal');
}

// One life, in order: what one step does, the next ones build on.
it('A2 A3 A4 A6 X6 an Azure machine gets what its target lacks, and its agent, and is told what goes missing', async () => {
  await enableWithoutAgent();
  await expectTargetLikeSource();
  await expectOverrides();
  await mapNetworks();
  await expectMissingNetworkToBeNamed();
}, 600_000);
