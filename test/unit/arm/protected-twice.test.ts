import { removeResource } from '../../../shared/service/catalogue/resources';
import { type Reply, vault, World } from '../../support/arm/world';

const machineId = '/subscriptions/s/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web';
const policyId = `${vault}/replicationPolicies/policy`;

describe('a machine of Azure', () => {
  let world: World;
  const containers: string[] = [];

  beforeEach(async () => {
    world = await World.open();
    containers.length = 0;
    for (const [fabric, location] of [
      ['here', 'westeurope'],
      ['there', 'northeurope'],
    ] as const) {
      const fabricId = `${vault}/replicationFabrics/${fabric}`;
      await make(fabricId, { customDetails: { instanceType: 'Azure', location } });
      for (const name of ['one', 'two']) {
        const container = `${fabricId}/replicationProtectionContainers/${fabric}-${name}`;
        await make(container, { providerSpecificInput: [{ instanceType: 'A2A' }] });
        containers.push(container);
      }
    }
    await make(policyId, {
      providerSpecificInput: { instanceType: 'A2A', multiVmSyncStatus: 'Disable', recoveryPointHistory: 60 },
    });
    for (const container of containers.slice(0, 2)) {
      await make(`${container}/replicationProtectionContainerMappings/m`, {
        ...{ policyId, targetProtectionContainerId: containers[2] },
        providerSpecificInput: { instanceType: 'A2A' },
      });
    }
  });

  async function make(path: string, properties: object): Promise<void> {
    const { body } = await world.finish('PUT', path, { properties });
    expect([path, body.status]).toEqual([path, 'Succeeded']);
  }

  const itemId = (container: number, name: string): string =>
    `${containers[container] ?? ''}/replicationProtectedItems/${name}`;

  const protect = (id: string, fabricObjectId = machineId): Promise<Reply> =>
    world.ask('PUT', id, {
      body: {
        properties: {
          policyId,
          providerSpecificDetails: {
            ...{ instanceType: 'A2A', fabricObjectId, recoveryContainerId: containers[2] },
            vmManagedDisks: [
              {
                ...{ diskId: `${fabricObjectId}-disk`, primaryStagingAzureStorageAccountId: 'cache' },
                recoveryResourceGroupId: '/subscriptions/s/resourceGroups/there',
              },
            ],
          },
        },
      },
    });

  it('is counted by its container, and by no other', async () => {
    expect((await protect(itemId(0, 'web'))).status).toBe(202);
    const counts = await Promise.all(
      containers
        .slice(0, 2)
        .map((id) => world.ask('GET', id).then(({ body }) => body.properties.protectedItemCount)),
    );
    expect(counts).toEqual([1, 0]);
    const { body } = await world.ask(
      'GET',
      `${vault}/replicationFabrics/here/replicationProtectionContainers`,
    );
    expect(body.value).toMatchObject([
      { properties: { protectedItemCount: 1 } },
      { properties: { protectedItemCount: 0 } },
    ]);
  });

  it.each([
    ['in its own container', 0],
    ['in another container of the vault', 1],
  ])('is not protected twice %s', async (_where, container) => {
    expect((await protect(itemId(0, 'web'))).status).toBe(202);
    const { status, body } = await protect(itemId(container, 'again'), machineId.toUpperCase());
    expect([status, body.error.code, body.error.target]).toEqual([409, 'ResourceInUse', itemId(0, 'web')]);
    const { body: items } = await world.ask('GET', `${vault}/replicationProtectedItems`);
    expect(items.value.map(({ name }: { name: string }) => name)).toEqual(['web']);
    expect((await protect(itemId(1, 'mill'), `${machineId}-2`)).status).toBe(202);
  });

  it('is protected once when many ask at the same moment', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `web-${index}`);
    const answers = await Promise.all(names.map((name, index) => protect(itemId(index % 2, name))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, ...names.slice(1).map(() => 409)]);
  });

  it('may be protected elsewhere once it is not protected any more', async () => {
    expect((await protect(itemId(0, 'web'))).status).toBe(202);
    await removeResource(world.records, itemId(0, 'web'));
    const { records } = await world.records.list(`claims/${vault.toLowerCase()}`);
    for (const { partition, id, body } of records) {
      await world.records.put({ partition, id }, { ...(body as object), atInMs: 0 });
    }
    expect((await protect(itemId(1, 'web'))).status).toBe(202);
  });
});
