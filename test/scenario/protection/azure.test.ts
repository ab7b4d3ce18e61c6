import { randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { A2ARecoveryPointDetails } from '@azure/arm-recoveryservices-siterecovery';
import { blockBytes } from '../../../agent/capture/dirty-bitmap';
import { freePorts } from '../../../local/cloud';
import { readItem } from '../../../shared/service/protection/item-records';
import { eventually } from '../../support/eventually';
import { Inside } from '../../support/protection/inside';
import { ListeningRelay } from '../../support/protection/listening-relay';
import { group, quick, Site } from '../../support/protection/site';
import type { SiteMachine } from '../../support/protection/site-machine';
import { azureRegion, sampleDisk } from '../../support/protection/site-options';
import { declarationWith } from '../../support/stack/declaration-with';
import { startStack, type Stack } from '../../support/stack';

const vm = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/shop';
const managed = (diskId: string): object => ({
  diskId,
  primaryStagingAzureStorageAccountId: '/subscriptions/s/cache',
  recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
});

const folder = mkdtempSync(join(tmpdir(), 'azure-'));

let stack: Stack;
let site: Site;
let inside: Inside;
let machine: SiteMachine;
let cache: ListeningRelay;

beforeAll(async () => {
  const ports = await freePorts();
  cache = await ListeningRelay.open(ports.cache);
  const declarationFile = declarationWith(folder, {
    CACHE_BLOB_ENDPOINT: `https://127.0.0.1:${cache.address}/{{cache.account}}`,
  });
  stack = await startStack({ ports, declarationFile });
  site = await Site.open(stack, azureRegion);
  inside = new Inside(stack);
  machine = await site.machine({
    machineId: vm,
    name: 'shop',
    disks: [sampleDisk(), sampleDisk(), sampleDisk()],
  });
}, 120_000);

afterAll(async () => {
  await site.close();
  await stack.stop();
  await cache.close();
  rmSync(folder, { recursive: true });
}, 120_000);

/** Each disk of the item, byte by byte, at a point that was cut from now on. */
async function expectEqual(item: string, disks: readonly number[], afterMs = Date.now()): Promise<string> {
  const point = await site.pointAfter(item, afterMs);
  const replicas = (await site.item(item)).properties?.providerSpecificDetails as {
    protectedManagedDisks: { diskId: string }[];
  };
  expect(replicas.protectedManagedDisks.map(({ diskId }) => diskId)).toEqual(
    disks.map((disk) => `disk${disk}`),
  );
  const manifest = await inside.replicas.point(point);
  expect(manifest?.members).toHaveLength(disks.length);
  const contents = await Promise.all(
    (manifest?.members ?? []).map(({ replicaId }) => inside.contentAt(point, replicaId)),
  );
  for (const disk of disks) {
    expect(contents.some((content) => content.equals(machine.content(disk)))).toBe(true);
  }
  return point;
}

/** A8 X8: the disks that were chosen are followed, and both sides finalized. */
async function protect(): Promise<void> {
  await site.enable('shop', 'shop', {
    fabricObjectId: vm,
    recoveryContainerId: `${site.vaultId}/replicationFabrics/other/replicationProtectionContainers/there`,
    recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
    vmManagedDisks: [managed('disk0'), managed('disk1')],
  });
  const item = await site.reaches('shop', 'Protected');
  expect(item.properties?.activeLocation).toBe('Primary');
  const jobs = await eventually(async () => {
    const all = (await site.jobs()).filter(({ scenarioName }) => /EnableDr|IrCompletion/.test(scenarioName));
    return all.length === 3 && all.every(({ state }) => state === 'Succeeded') && all;
  });
  expect(jobs.map(({ scenarioName }) => scenarioName)).toEqual([
    'SecondaryIrCompletion',
    'PrimaryIrCompletion',
    'EnableDr',
  ]);
  await machine.write(0, 8192, randomBytes(4096));
  await machine.write(1, 0, randomBytes(65_536));
  await expectEqual('shop', [0, 1]);
}

/** What the client reads of a point: of which disks it is, and of how many machines. */
async function pointOf(point: string): Promise<A2ARecoveryPointDetails> {
  const { vault, fabric, container } = site;
  const at = [vault, group, fabric, container, 'shop', point] as const;
  const { properties } = await site.client.recoveryPoints.get(...at);
  return properties?.providerSpecificDetails as A2ARecoveryPointDetails;
}

/** X9: a disk is added and one removed while the others go on; each point says of how many disks it is. */
async function changeDisks(): Promise<void> {
  const { client, vault, fabric, container } = site;
  const at = [vault, group, fabric, container, 'shop'] as const;
  const early = await site.pointAfter('shop', 0);
  await client.replicationProtectedItems.beginAddDisksAndWait(
    ...at,
    {
      properties: {
        providerSpecificDetails: { instanceType: 'A2A', vmManagedDisks: [managed('disk2') as never] },
      },
    },
    quick,
  );
  await eventually(async () => {
    const replicas = await inside.replicasOf(site.itemId('shop'));
    return replicas.length === 3 && replicas.every(({ copyingEpoch }) => copyingEpoch === null);
  }, 120_000);
  await machine.write(2, 512, randomBytes(512));
  await eventually(async () => {
    const point = await site.pointAfter('shop', Date.now());
    return (await inside.replicas.point(point))?.members.length === 3;
  }, 120_000);
  const whole = await expectEqual('shop', [0, 1, 2]);
  expect((await pointOf(early)).disks).toEqual(['disk0', 'disk1']);
  expect((await pointOf(whole)).disks).toEqual(['disk0', 'disk1', 'disk2']);

  await client.replicationProtectedItems.beginRemoveDisksAndWait(
    ...at,
    {
      properties: { providerSpecificDetails: { instanceType: 'A2A', vmManagedDisksIds: ['disk1'] } },
    },
    quick,
  );
  expect(await inside.replicasOf(site.itemId('shop'))).toHaveLength(2);
  await expectEqual('shop', [0, 2]);
  const ofOneMachine = { recoveryPointSyncType: 'PerVmRecoveryPoint' };
  expect(await pointOf(whole)).toMatchObject({ disks: ['disk0', 'disk2'], ...ofOneMachine });
}

/** What nobody sees: the disk is written while no agent is there. */
function writeUnseen(offsetsInBlocks: readonly number[]): void {
  const disk = openSync(machine.paths[0] ?? '', 'r+');
  for (const offset of offsetsInBlocks)
    writeSync(disk, randomBytes(blockBytes), 0, blockBytes, offset * blockBytes);
  closeSync(disk);
}

/**
 * D14 D15: a person asks for a resync, and what is equal is not copied again: of some blocks that have changed, little more than
 * those is sent. It is broken off in the middle, and goes on where it was.
 */
async function compare(): Promise<void> {
  const changed = [1, 17, 40];
  await machine.restart(async () => {
    writeUnseen(changed);
    const at = [site.vault, group, site.fabric, site.container, 'shop'] as const;
    const resynced = await site.client.replicationProtectedItems.beginRepairReplicationAndWait(...at, quick);
    expect(resynced.properties?.protectionState).toBe('Protected');
    cache.cut();
  });
  const sentBefore = cache.seen.length;
  const started = await inside.replicasOf(site.itemId('shop'));
  const epochs = started.map(({ copyingEpoch }) => copyingEpoch);
  const isHeld = (): boolean =>
    machine
      .status()
      ?.replicas.some(
        ({ report }) => epochs.includes(report.epoch) && report.spooledBytes > 0 && report.sealed > 0,
      ) === true;
  await eventually(() => Promise.resolve(isHeld()), 120_000);
  await machine.restart(() => cache.mend());
  await eventually(async () => {
    const after = await inside.replicasOf(site.itemId('shop'));
    return after.every(({ copyingEpoch }) => copyingEpoch === null);
  }, 120_000);
  await expectEqual('shop', [0, 2]);
  const after = await inside.replicasOf(site.itemId('shop'));
  expect(after.map(({ applied }) => applied?.epoch)).toEqual(epochs);
  // To the cache, and from it.
  const sentBytes = (cache.seen.length - sentBefore) / 2;
  expect(sentBytes).toBeGreaterThan(changed.length * blockBytes);
  expect(sentBytes).toBeLessThan(1024 * 1024);
}

/** X1: a changed policy reaches the machine. */
async function changePolicy(): Promise<void> {
  await site.createPolicy('policy', {
    ...azureRegion.policy,
    recoveryPointHistory: 120,
    crashConsistentFrequencyInMinutes: 0.02,
  });
  await eventually(async () => {
    const replicas = await inside.replicasOf(site.itemId('shop'));
    return replicas.every(({ policy }) => policy.retention.at(-1)?.untilAgeInMs === 7_200_000);
  }, 120_000);
  await eventually(() => Promise.resolve(machine.paceInMs === 1200), 120_000);
}

/** A8: what is written comes into points without being asked for, and no two are closer than the policy says. */
async function writeSteadily(): Promise<void> {
  const item = await readItem(inside.ports.records, site.itemId('shop'));
  const offsetBytes = 2 * blockBytes;
  const began = Date.now();
  for (let count = 1; count <= 3; count++) {
    const bytes = Buffer.alloc(512);
    bytes.writeUInt32LE(count);
    await machine.write(0, offsetBytes, bytes);
    const point = await site.pointAfter('shop', Date.now());
    const content = await inside.contentAt(point, item?.disks[0]?.replicaId ?? '');
    expect(content.readUInt32LE(offsetBytes)).toBe(count);
  }
  const timesInMs = (await site.points('shop'))
    .map(({ timeInMs }) => timeInMs)
    .filter((timeInMs) => timeInMs > began)
    .toSorted((left, right) => left - right);
  expect(timesInMs.length).toBeGreaterThanOrEqual(3);
  const gapsInMs = timesInMs.slice(1).map((timeInMs, index) => timeInMs - (timesInMs[index] ?? 0));
  expect(Math.min(...gapsInMs)).toBeGreaterThanOrEqual(1200);
}

/** X10: a disk grows. */
async function grow(): Promise<void> {
  await machine.restart(() => appendFileSync(machine.paths[0] ?? '', randomBytes(1024 * 1024)));
  await eventually(async () => {
    const replicas = await inside.replicasOf(site.itemId('shop'));
    return replicas.some(
      ({ sizeBytes, copyingEpoch }) => sizeBytes === 5 * 1024 * 1024 && copyingEpoch === null,
    );
  }, 120_000);
  await expectEqual('shop', [0, 2]);
}

/** Purge leaves nothing, and the agent is told to stop. */
async function expectPurgeLeavesNothing(): Promise<void> {
  const replicas = (await inside.replicasOf(site.itemId('shop'))).map(({ replicaId }) => replicaId);
  await site.client.replicationProtectedItems.beginPurgeAndWait(
    site.vault,
    group,
    site.fabric,
    site.container,
    'shop',
  );
  await eventually(() => Promise.resolve(machine.status()?.replicas.length === 0), 120_000);
  expect(await inside.blobsOf(replicas)).toEqual([]);
  const left = await inside.recordsWith(replicas);
  expect(left.filter((record) => !/agent-status/.test(record))).toEqual([]);
}

it('A8 X8 X9 D14 D15 X1 X10 lives the life of an Azure machine that is protected to another region', async () => {
  await protect();
  await changeDisks();
  await compare();
  await changePolicy();
  await writeSteadily();
  await grow();
  await expectPurgeLeavesNothing();
}, 900_000);
