import { randomUUID } from 'node:crypto';
import { present } from '../../shared/assert';
import { startArmDouble, type ArmDouble } from '../support/compute/arm-double';
import { describeCompute } from './compute.contract';

let double: ArmDouble | undefined;

beforeAll(async () => {
  double = await startArmDouble();
});
afterAll(async () => double?.stop());

describeCompute('Resource Manager', () => present(double, 'the double'));

interface Network {
  readonly properties: {
    readonly subnets: readonly { properties: { networkSecurityGroup?: { id: string } } }[];
    readonly virtualNetworkPeerings?: readonly unknown[];
  };
}

interface Rule {
  readonly properties?: Record<string, unknown>;
}

it('a network of a test lets its machines reach each other, and nothing else either way', async () => {
  const arm = present(double, 'the double');
  const resourceGroupId = '/subscriptions/6c696665-626f-4174-8000-000000000001/resourceGroups/apart';
  const place = { resourceGroupId, location: 'westeurope' };
  const owner = { vaultId: 'vault', itemId: 'item', jobId: 'job' };
  await arm.places.ensureGroup(place, owner);
  const subnets = ['front', 'back'].map((name, index) => ({ name, range: `10.255.${index}.0/24` }));
  const request = { owner, place, addressSpace: ['10.255.0.0/16'], subnets };
  const read = async <T>(id: string): Promise<T> =>
    (await arm.call('GET', `${id}?api-version=2024-05-01`)).body as T;
  const groupsOf = ({ properties }: Network): readonly (string | undefined)[] =>
    properties.subnets.map((subnet) => subnet.properties.networkSecurityGroup?.id);

  const open = await arm.places.ensureNetwork({ ...request, name: 'open' });
  expect(groupsOf(await read<Network>(open))).toEqual([undefined, undefined]);
  const network = await read<Network>(
    await arm.places.ensureNetwork({ ...request, name: 'apart', isIsolated: true }),
  );
  const [group, other] = groupsOf(network);
  expect([typeof group, other, network.properties.virtualNetworkPeerings ?? []]).toEqual([
    'string',
    group,
    [],
  ]);
  const { properties } = await read<{ properties: { securityRules: readonly Rule[] } }>(group ?? '');
  const rules = properties.securityRules
    .map((rule) => ({ ...rule.properties }))
    .toSorted((left, right) => Number(left['priority']) - Number(right['priority']));
  for (const direction of ['Inbound', 'Outbound']) {
    const any = { direction, protocol: '*', sourcePortRange: '*', destinationPortRange: '*' };
    const within = { sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: 'VirtualNetwork' };
    expect(rules.filter((rule) => rule['direction'] === direction)).toMatchObject([
      { ...any, ...within, access: 'Allow' },
      { ...any, access: 'Deny', sourceAddressPrefix: '*', destinationAddressPrefix: '*' },
    ]);
  }
});

it('takes a card that is there where it may, never removes it, and puts a new one behind its load balancer', async () => {
  const arm = present(double, 'the double');
  const resourceGroupId = '/subscriptions/6c696665-626f-4174-8000-000000000001/resourceGroups/cards';
  const place = { resourceGroupId, location: 'westeurope' };
  const owner = { vaultId: 'vault', itemId: 'item', jobId: 'cards' };
  await arm.places.ensureGroup(place, { ...owner, jobId: 'setup' });
  const subnets = [{ name: 'front', range: '10.9.0.0/24' }];
  const networkId = await arm.places.ensureNetwork({
    ...{ owner: { ...owner, jobId: 'setup' }, place, subnets },
    ...{ name: 'lan', addressSpace: ['10.9.0.0/16'] },
  });
  const at = `${resourceGroupId}/providers/Microsoft.Network`;
  const put = (id: string, properties: object): Promise<unknown> =>
    arm.call('PUT', `${id}?api-version=2024-05-01`, { location: 'westeurope', properties });
  const subnet = { id: `${networkId}/subnets/front` };
  await put(`${at}/networkInterfaces/kept`, { ipConfigurations: [{ name: 'a', properties: { subnet } }] });
  await put(`${at}/loadBalancers/door`, { backendAddressPools: [{ name: 'web' }] });

  const poolId = `${at}/loadBalancers/door/backendAddressPools/web`;
  const nics = [
    { networkId, card: { name: 'kept', mayExist: true } },
    { networkId, poolIds: [poolId], moreAddresses: [{ poolIds: [poolId] }] },
  ];
  const machine = async (name: string, cards: typeof nics | { networkId: string; poolIds: string[] }[]) => {
    const replicaId = randomUUID();
    const replica = await arm.replicas.create(replicaId, 1024 * 1024);
    await replica.raise(2);
    const disk = { owner, place, replicaId, name: `${name}-os`, sizeBytes: 1024 * 1024 };
    const { id } = await arm.machines.makeDisk({ ...disk, isOperatingSystem: true });
    const request = { owner, place, name, size: 'Standard_B2s', diskIds: [id], nics: cards };
    return arm.machines.makeMachine(request);
  };
  const made = (await arm.machines.look(await machine('web', nics)))?.machine.nics;
  expect(made).toMatchObject([{ id: `${at}/networkInterfaces/kept` }, { poolIds: [poolId, poolId] }]);
  await expect(machine('lost', [{ networkId, poolIds: [`${poolId}-not`] }])).rejects.toMatchObject({
    code: 'TargetResourceMissing',
  });
  expect(await arm.machines.remove(owner)).toEqual([]);
  const kept = await arm.call('GET', `${at}/networkInterfaces/kept?api-version=2024-05-01`);
  expect(kept.status).toBe(200);
});
