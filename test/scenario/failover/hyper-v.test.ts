import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { readItem } from '../../../shared/service/protection/item-records';
import type { Recovery } from '../../../shared/contracts/catalogue/recovery';
import { startMachine, type StackMachine } from '../../support/failover/stack-machine';
import { TargetCloud, targetGroup } from '../../support/failover/target-cloud';
import { Inside } from '../../support/protection/inside';
import { group, quick, Site } from '../../support/protection/site';
import { sampleDisk } from '../../support/protection/site-options';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let site: Site;
let inside: Inside;
let cloud: TargetCloud;
let machine: StackMachine;
let networkId: string;

const hyperV = { instanceType: 'HyperVReplicaAzure' as const };

beforeAll(async () => {
  stack = await startStack();
  site = await Site.open(stack);
  inside = new Inside(stack);
  cloud = new TargetCloud(stack);
  networkId = await cloud.network();
  machine = await startMachine(site, { name: 'web', disks: [sampleDisk(), sampleDisk()] });
  await site.protect('web', 'web', {
    targetAzureNetworkId: networkId,
    targetAzureV2ResourceGroupId: targetGroup,
  });
}, 240_000);

afterAll(async () => {
  await machine.stop();
  await site.close();
  await stack.stop();
}, 60_000);

async function recovered(which: 'test' | 'real'): Promise<Recovery> {
  const item = await readItem(inside.ports.records, site.itemId('web'));
  const recovery = item === undefined ? undefined : recoveriesOf(item)[which];
  if (recovery === undefined) throw new Error('nothing was recovered');
  return recovery;
}

async function contentsOf({ disks }: Recovery): Promise<Buffer[]> {
  return Promise.all(disks.map(({ targetDiskId }) => cloud.content(targetDiskId ?? '')));
}

const at = () => [site.vault, group, site.fabric, site.container, 'web'] as const;

// One machine's life, in order: what one step does, the next ones build on.
describe('a Hyper-V machine, failed over to Azure by the official client', () => {
  it('X5 D18 A9 is tested and cleaned up, then failed over as planned without losing a write', async () => {
    const before = Date.now();
    await machine.write(0, 4096, Buffer.alloc(512, 0x11));
    const point = await site.pointAfter('web', before);
    const manifest = await inside.replicas.point(point);
    await site.client.replicationProtectedItems.beginTestFailoverAndWait(
      ...at(),
      {
        properties: {
          ...{ failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' },
          providerSpecificDetails: {
            ...hyperV,
            recoveryPointId: `${site.itemId('web')}/recoveryPoints/${point}`,
          },
        },
      },
      quick,
    );
    const test = await recovered('test');
    expect(test.moment).toEqual({ kind: 'point', pointId: point });
    const expected = await Promise.all(test.disks.map(({ replicaId }) => inside.contentAt(point, replicaId)));
    expect(manifest?.members).toHaveLength(2);
    const contents = await contentsOf(test);
    expect(contents.every((content, index) => content.equals(expected[index] ?? Buffer.alloc(0)))).toBe(true);
    expect(machine.isRunning).toBe(true);
    await site.client.replicationProtectedItems.beginTestFailoverCleanupAndWait(
      ...at(),
      { properties: { comments: 'it came up' } },
      quick,
    );
    const owner = { vaultId: site.vaultId, itemId: site.itemId('web') };
    expect(await cloud.compute.machines.made(owner)).toEqual([]);

    await machine.write(1, 8192, Buffer.alloc(512, 0x22));
    await site.client.replicationProtectedItems.beginPlannedFailoverAndWait(
      ...at(),
      { properties: { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: hyperV } },
      quick,
    );
    expect(machine.tasks).toEqual(['shutDownMachine']);
    const real = await recovered('real');
    const recoveredDisks = await contentsOf(real);
    expect(recoveredDisks.map((content, index) => content.equals(machine.content(index)))).toEqual([
      true,
      true,
    ]);
    const made = await cloud.compute.machines.look(real.machine?.id ?? '');
    expect(made?.machine).toMatchObject({
      name: 'web',
      nics: [{ networkId, subnet: 'a', address: '10.0.0.4' }],
    });
    await expect(machine.write(0, 0, Buffer.alloc(512))).rejects.toMatchObject({ error: 1 });
    const item = await site.client.replicationProtectedItems.beginFailoverCommitAndWait(...at(), quick);
    expect(item.properties).toMatchObject({
      protectionState: 'PlannedFailoverStatesBegin',
      allowedOperations: expect.arrayContaining(['Failback']),
    });
  }, 240_000);
});
