import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { finalizeJobs } from '../../support/protection/finalize-jobs';
import { group, quick } from '../../support/protection/site';
import { hyperVSite, type SiteOptions } from '../../support/protection/site-options';
import type { TappedPort } from '../../support/site/tapped-port';
import { isInFolder, TappedStack } from '../../support/site/tapped-stack';
import { type SiteMachine, TwoSites } from '../../support/site/two-sites';

const betweenClouds: SiteOptions = {
  ...{ fabricKind: 'VMM', instanceType: 'HyperVReplica2012R2', isToSite: true },
  policy: { recoveryPoints: 24, replicationFrequencyInSeconds: 30 },
};
const betweenSites: SiteOptions = {
  ...{ fabricKind: 'VMware', instanceType: 'InMage', isToSite: true },
  policy: { recoveryPointHistory: 1440, appConsistentFrequencyInMinutes: 0, multiVmSyncStatus: 'Enable' },
};

const mebibyte = 1024 * 1024;
/** So much more than anything is said of a disk that its bytes would show in any count. */
const sizeBytes = 16 * mebibyte;

let tapped: TappedStack;
let sites: TwoSites;
let countedBefore: number;

beforeAll(async () => {
  tapped = await TappedStack.open();
}, 120_000);

beforeEach(() => {
  countedBefore = tapped.countedBytes;
});

afterAll(() => tapped.close(), 60_000);
afterEach(() => sites.close(), 60_000);

type Place = [string, string, string, string, string];
const at = (item = 'web'): Place => {
  const { vault, fabric, container } = sites.site;
  return [vault, group, fabric, container, item];
};

/** Every byte went from site to site, and none of it by the service. */
async function expectOnlyMetadata(
  machine: SiteMachine,
  tap: TappedPort,
  canaries: readonly Buffer[],
): Promise<void> {
  for (const canary of canaries) {
    expect(machine.content.includes(canary)).toBe(true);
    expect(isInFolder(sites.folder, canary)).toBe(true);
    expect(await tapped.holds(canary)).toBe(false);
  }
  expect(tap.bytes.length).toBeGreaterThan(sizeBytes);
  expect(tapped.countedBytes - countedBefore).toBeLessThan(sizeBytes / 8);
}

async function isTested(machine: SiteMachine, details: object): Promise<void> {
  const { replicationProtectedItems: items } = sites.site.client;
  const expected = machine.content;
  const properties = {
    ...{ failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' },
    providerSpecificDetails: details as never,
  };
  await items.beginTestFailoverAndWait(...at(), { properties }, quick);
  const { disks, machine: made } = await sites.recovered('web', 'test');
  expect(readFileSync(disks[0]?.targetDiskId ?? '').equals(expected)).toBe(true);
  expect(await sites.hypervisor.machines()).toMatchObject([
    { machineId: made?.id, name: 'web-test', powerState: 'running' },
  ]);
  await items.beginTestFailoverCleanupAndWait(...at(), { properties: { comments: 'fine' } }, quick);
  expect(await sites.hypervisor.machines()).toEqual([]);
  await eventually(() => Promise.resolve(!isThere(disks[0]?.targetDiskId ?? '')));
  expect(machine.tasks).toEqual([]);
}

function isThere(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

const wayBack = {
  ...{ instanceType: 'InMage', masterTargetId: 'chosen', processServerId: 'relay' },
  ...{ retentionDrive: '/', profileId: 'policy' },
};

async function hasRecovered(machine: SiteMachine, item = 'web'): Promise<void> {
  const { disks, machine: made } = await sites.recovered(item, 'real');
  expect(readFileSync(disks[0]?.targetDiskId ?? '').equals(machine.content)).toBe(true);
  const all = [...(await sites.hypervisor.machines()), ...(await sites.primary.machines())];
  expect(all.filter(({ machineId }) => machineId === made?.id)).toMatchObject([
    { name: 'web', powerState: 'running' },
  ]);
}

it('F1 F4 F5 F6 F7 F8 F9 D1: a Hyper-V machine goes to the other site and home again, protected after what was planned, and the service sees no byte of it', async () => {
  sites = await TwoSites.open(tapped, betweenClouds);
  const [toOther, toHome] = [await sites.openOther(), await sites.openKeeperAtHome('home-target', false)];
  const [copied, canary] = [randomBytes(sizeBytes), randomBytes(4096)];
  const machine = await sites.machine('web', copied);
  await sites.openVmmServer();
  await sites.site.protect('web', 'web');
  expect(await finalizeJobs(sites.site, 'web')).toEqual(['PrimaryIrCompletion', 'SecondaryIrCompletion']);
  await isTested(machine, { instanceType: 'HyperVReplica2012R2' });
  await machine.write(2 * mebibyte, canary);
  const { replicationProtectedItems: items } = sites.site.client;
  const properties = { providerSpecificDetails: { instanceType: 'HyperVReplica2012R2' } as never };
  await items.beginPlannedFailoverAndWait(...at(), { properties }, quick);
  // Asked of who runs it, and not of who reads its disks.
  expect(machine.tasks).toEqual([]);
  expect(await sites.primary.machines()).toMatchObject([{ name: 'web', powerState: 'stopped' }]);
  await hasRecovered(machine);
  await expectOnlyMetadata(machine, toOther, [copied.subarray(4 * mebibyte, 4 * mebibyte + 64), canary]);

  const away = await sites.moveIn('web');
  await sites.isKnown(away, true);
  await items.beginFailoverCommitAndWait(...at(), quick);
  expect((await sites.site.reaches('web', 'Protected')).properties).toMatchObject({
    ...{ primaryFabricFriendlyName: 'other', recoveryFabricFriendlyName: sites.site.fabric },
    allowedOperations: expect.arrayContaining(['PlannedFailover']),
  });
  await away.write(3 * mebibyte, canary);
  await items.beginPlannedFailoverAndWait(
    ...at(),
    { properties: { ...properties, failoverDirection: 'RecoveryToPrimary' } },
    quick,
  );
  await hasRecovered(away);
  const wasCounted = toOther.bytes.length;
  const home = await sites.moveIn('web', true);
  await sites.isKnown(home, false);
  await items.beginFailoverCommitAndWait(...at(), quick);
  expect(await sites.hypervisor.machines()).toEqual([]);
  await sites.site.reaches('web', 'Protected');
  // What it replicates to was there before: only what differs goes over.
  expect(toOther.bytes.length - wasCounted).toBeLessThan(mebibyte);

  await home.write(5 * mebibyte, canary);
  const unplanned = { ...properties, sourceSiteOperations: 'Required' };
  await items.beginUnplannedFailoverAndWait(...at(), { properties: unplanned }, quick);
  await hasRecovered(home);
  const again = await sites.moveIn('web');
  await sites.isKnown(again, true);
  await items.beginFailoverCommitAndWait(...at(), quick);
  expect((await items.get(...at())).properties).toMatchObject({
    protectionState: 'UnplannedFailoverCommitted',
    allowedOperations: ['ReverseReplicate', 'DisableProtection'],
  });
  expect(again.replicas).toEqual([]);
  await items.beginReprotectAndWait(...at(), { properties }, quick);
  expect((await sites.site.item('web')).properties?.protectionState).toBe('Protected');
  expect(await tapped.holds(canary)).toBe(false);
  expect(tapped.countedBytes - countedBefore).toBeLessThan(sizeBytes / 4);
  expect(toHome.bytes.length).toBeGreaterThan(sizeBytes);
  await sites.site.disable('web');
  // What it runs on stays, and nothing else of it.
  expect(await sites.hypervisor.machines()).toMatchObject([{ powerState: 'running' }]);
  await eventually(() => Promise.resolve(sites.keptDisks().every((path) => path === again.path)));
}, 600_000);

it('B5 E1 E2 E3 E4 F8: a machine goes by a process server to a master target of the other site, home by the one that is chosen, all of it by one vault, and nothing of it to the service', async () => {
  sites = await TwoSites.open(tapped, betweenSites);
  const tap = await sites.openOther();
  await sites.openProcessServer();
  const [copied, written] = [randomBytes(sizeBytes), randomBytes(65_536)];
  const machine = await sites.machine('web', copied);
  await sites.site.protect('web', 'web', {
    ...{ masterTargetId: 'master-target', processServerId: 'process-server', retentionDrive: '/' },
    ...{ multiVmGroupId: '1', multiVmGroupName: 'one' },
  });
  expect(await finalizeJobs(sites.site, 'web')).toEqual(['IrCompletion']);
  await isTested(machine, { instanceType: 'InMage', recoveryPointType: 'LatestTime' });
  await machine.write(2 * mebibyte, written);
  const { replicationProtectedItems: items } = sites.site.client;
  const properties = {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'Required' },
    providerSpecificDetails: { instanceType: 'InMage' as const, recoveryPointType: 'LatestTime' as const },
  };
  await items.beginUnplannedFailoverAndWait(...at(), { properties }, quick);
  expect(machine.tasks).toEqual(['stop']);
  await hasRecovered(machine);
  await items.beginFailoverCommitAndWait(...at(), quick);
  await expectOnlyMetadata(machine, tap, [
    copied.subarray(4 * mebibyte, 4 * mebibyte + 64),
    written.subarray(0, 64),
  ]);

  const [busy, chosen] = [await sites.openKeeperAtHome('busy'), await sites.openKeeperAtHome('chosen')];
  await sites.openProcessServer('relay', true);
  const reprotect = (named: object): Promise<unknown> =>
    items.beginReprotectAndWait(
      ...at(),
      { properties: { providerSpecificDetails: { ...wayBack, ...named } as never } },
      quick,
    );
  await expect(reprotect({})).rejects.toThrow('No agent speaks for the recovered machine');
  const away = await sites.moveIn('web');
  await sites.isKnown(away, true);
  await expect(reprotect({ masterTargetId: 'lost' })).rejects.toThrow('The master target "lost"');
  await expect(reprotect({ masterTargetId: 'master-target' })).rejects.toThrow('is at the site that');
  await expect(reprotect({ processServerId: 'lost' })).rejects.toThrow('The process server "lost"');
  await expect(reprotect({ profileId: 'lost' })).rejects.toThrow('The failback policy');
  await reprotect({});
  await sites.site.reaches('web-new', 'Protected');
  await away.write(mebibyte, written);
  await items.beginUnplannedFailoverAndWait(...at('web-new'), { properties }, quick);
  await hasRecovered(away, 'web-new');
  expect(chosen.bytes.length).toBeGreaterThan(sizeBytes);
  expect(busy.bytes.length).toBe(0);

  const { client, vault } = sites.site;
  const servers: string[] = [];
  for await (const { properties } of client.replicationRecoveryServicesProviders.list(vault, group))
    servers.push(`${properties?.friendlyName ?? ''} ${properties?.connectionStatus ?? ''}`);
  for (const name of ['process-server', 'master-target', 'relay', 'busy', 'chosen', 'web'])
    expect(servers).toContain(`${name} Connected`);
}, 600_000);

it('F3: the machines of a cloud follow the one policy of the cloud, those that come later as well', async () => {
  sites = await TwoSites.open(tapped, betweenClouds);
  await sites.openOther();
  const { site } = sites;
  const first = await sites.machine('first', randomBytes(mebibyte));
  await site.protect('first', 'first');
  expect(first.paceInMs).toBe(30_000);
  await site.createPolicy('policy', { ...betweenClouds.policy, replicationFrequencyInSeconds: 300 });
  const later = await sites.machine('later', randomBytes(mebibyte));
  await site.protect('later', 'later');
  expect(later.paceInMs).toBe(300_000);
  await eventually(() => Promise.resolve(first.paceInMs === 300_000), 60_000);
  await site.createPolicy('other', betweenClouds.policy);
  const properties = {
    policyId: `${site.vaultId}/replicationPolicies/other`,
    protectableItemId: await site.protectableItemId('later'),
    providerSpecificDetails: { instanceType: 'HyperVReplica2012R2' },
  };
  expect(await site.ask('PUT', site.itemId('again'), { properties })).toMatchObject({
    ...{ status: 409, body: { error: { code: 'Conflict' } } },
  });
}, 600_000);

it('D1: a host of a Hyper-V site is one agent, which reads its machine and lists the others', async () => {
  sites = await TwoSites.open(tapped, hyperVSite);
  const path = join(sites.folder, 'idle.raw');
  writeFileSync(path, Buffer.alloc(mebibyte));
  const disks = [{ diskId: 'disk0', path, isBootDisk: true }];
  const facts = { osType: 'Linux', generation: '1', isIsolated: false } as const;
  await sites.primary.create({ ...facts, machineId: 'idle', name: 'idle', disks });
  await sites.machine('web', randomBytes(mebibyte), [sites.primaryProvider()]);
  const { client, vault, fabric } = sites.site;
  await sites.site.protectableItemId('idle');
  const providers = [];
  for await (const { properties } of client.replicationRecoveryServicesProviders.listByReplicationFabrics(
    ...([vault, group, fabric] as const),
  )) {
    providers.push([properties?.friendlyName, properties?.connectionStatus]);
  }
  expect(providers).toEqual([['web', 'Connected']]);
  await expect(sites.site.enable('idle', 'idle')).rejects.toThrow('AgentMissing');
  await sites.site.protect('web', 'web');
}, 600_000);
