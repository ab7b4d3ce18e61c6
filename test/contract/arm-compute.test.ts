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
