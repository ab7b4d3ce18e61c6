import { vault, World } from '../../support/arm/world';
import type { TargetCatalog } from '../../../shared/ports/compute/target-catalog';
import { resourceKey } from '../../../shared/model/resource-id';

const fabric = `${vault}/replicationFabrics/west`;
const item = `${fabric}/replicationProtectionContainers/c/replicationProtectedItems/web`;
const disk = { id: 'd', name: 'd', replicaId: '11111111-2222-4333-8444-555555555555', sizeBytes: 512 };

/** What the service keeps of a machine with three disks that goes to the fabric and this subscription. */
async function protect(world: World): Promise<void> {
  const key = resourceKey(item);
  if (key === undefined) throw new Error('no key');
  await world.finish('PUT', fabric, {
    properties: { customDetails: { instanceType: 'Azure', location: 'northeurope' } },
  });
  await world.records.put(key, {
    ...{ id: item, name: 'web', type: 'x/replicationProtectedItems' },
    properties: {
      ...{ friendlyName: 'web', internalId: 'i', scenario: 'A2A', instanceType: 'A2A', policyId: 'p' },
      ...{ state: 'Protected', testFailover: 'None', resyncRequired: false, health: 'Normal' },
      ...{ failoverHealth: 'Normal', healthErrors: [], initialCopyPercent: 100, enabledWith: {} },
      ...{ disks: [disk, disk, disk], recoveryFabricId: fabric },
      target: { recoveryResourceGroupId: '/subscriptions/theirs/resourceGroups/rescue' },
    },
  });
}

it('shows the sizes of the region and subscription that a machine goes to, as the cloud has them', async () => {
  const asked: string[] = [];
  const sizes: TargetCatalog['sizes'] = async (...where) => {
    asked.push(where.join(' in '));
    return [
      { name: 'Small', cores: 1, memoryInMb: 2048, maxDataDisks: 1 },
      { name: 'Large', cores: 8, memoryInMb: 32_768, maxDataDisks: 16 },
    ];
  };
  const world = await World.open(undefined, { sizes });
  await protect(world);
  const { body } = await world.ask('GET', `${item}/targetComputeSizes`);
  expect(asked).toEqual(['theirs in northeurope']);
  expect(body.value).toEqual([
    expect.objectContaining({
      name: 'Small',
      properties: expect.objectContaining({
        ...{ cpuCoresCount: 1, memoryInGB: 2, maxDataDiskCount: 1 },
        errors: [{ message: 'The machine has 3 disks.', severity: 'Error' }],
      }) as unknown,
    }),
    expect.objectContaining({
      name: 'Large',
      properties: expect.objectContaining({ cpuCoresCount: 8, memoryInGB: 32, errors: [] }) as unknown,
    }),
  ]);
});
