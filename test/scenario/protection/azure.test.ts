import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { eventually } from '../../support/eventually';
import { Inside } from '../../support/protection/inside';
import { group, quick, Site } from '../../support/protection/site';
import { azureRegion, type Machine, sampleDisk } from '../../support/protection/site-options';
import { startStack, type Stack } from '../../support/stack';

const vm = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/shop';
const managed = (diskId: string): object => ({
  diskId,
  primaryStagingAzureStorageAccountId: '/subscriptions/s/cache',
  recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
});

let stack: Stack;
let site: Site;
let inside: Inside;
let machine: Machine;

beforeAll(async () => {
  stack = await startStack();
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
}, 60_000);

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

/** X9: a disk is added and one removed while the others go on. */
async function changeDisks(): Promise<void> {
  const { client, vault, fabric, container } = site;
  const at = [vault, group, fabric, container, 'shop'] as const;
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
  }, 60_000);
  await machine.write(2, 512, randomBytes(512));
  await eventually(async () => {
    const point = await site.pointAfter('shop', Date.now());
    return (await inside.replicas.point(point))?.members.length === 3;
  }, 60_000);
  await expectEqual('shop', [0, 1, 2]);

  await client.replicationProtectedItems.beginRemoveDisksAndWait(
    ...at,
    {
      properties: { providerSpecificDetails: { instanceType: 'A2A', vmManagedDisksIds: ['disk1'] } },
    },
    quick,
  );
  expect(await inside.replicasOf(site.itemId('shop'))).toHaveLength(2);
  await expectEqual('shop', [0, 2]);
}

/** D14 D15: a person asks for a resync, and what is equal is not copied again. */
async function compare(): Promise<void> {
  const before = await inside.replicasOf(site.itemId('shop'));
  await machine.write(0, 1_048_576, randomBytes(4096));
  const { client, vault, fabric, container } = site;
  const resynced = await client.replicationProtectedItems.beginRepairReplicationAndWait(
    vault,
    group,
    fabric,
    container,
    'shop',
    quick,
  );
  expect(resynced.properties?.protectionState).toBe('Protected');
  await eventually(async () => {
    const after = await inside.replicasOf(site.itemId('shop'));
    return after.every(
      ({ replicaId, applied, copyingEpoch }) =>
        copyingEpoch === null &&
        (applied?.epoch ?? 0) > (before.find((each) => each.replicaId === replicaId)?.applied?.epoch ?? 0),
    );
  }, 60_000);
  await expectEqual('shop', [0, 2]);
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
  }, 90_000);
  const interval = await eventually(() =>
    Promise.resolve(
      machine.agent.loop.wish?.markers.find(({ crashIntervalInMs }) => crashIntervalInMs < 3000),
    ),
  );
  expect(interval.crashIntervalInMs).toBe(1200);
}

/** X10: a disk grows. */
async function grow(): Promise<void> {
  await machine.restart(() => appendFileSync(machine.paths[0] ?? '', randomBytes(1024 * 1024)));
  await eventually(async () => {
    const replicas = await inside.replicasOf(site.itemId('shop'));
    return replicas.some(
      ({ sizeBytes, copyingEpoch }) => sizeBytes === 5 * 1024 * 1024 && copyingEpoch === null,
    );
  }, 90_000);
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
  await eventually(() => Promise.resolve(machine.agent.loop.wish?.replicas.length === 0), 60_000);
  expect(await inside.blobsOf(replicas)).toEqual([]);
  const left = await inside.recordsWith(replicas);
  expect(left.filter((record) => !/agent-status/.test(record))).toEqual([]);
}

it('A8 X8 X9 D14 D15 X1 X10 lives the life of an Azure machine that is protected to another region', async () => {
  await protect();
  await changeDisks();
  await compare();
  await changePolicy();
  await grow();
  await expectPurgeLeavesNothing();
}, 300_000);
