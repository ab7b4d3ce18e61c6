import { putResource } from '../../../shared/service/catalogue/resources';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import { groupOf, network, type ProtectOptions } from '../../support/failover/protect-machine';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const there = { targetAzureV2ResourceGroupId: groupOf('rescue') };
const networks = `${groupOf('rescue')}/providers/Microsoft.Network/virtualNetworks`;

let world: FailoverWorld;

beforeEach(async () => {
  world = await FailoverWorld.open();
  for (const [name, net] of [
    ['quay', '10.2'],
    ['pier', '10.3'],
  ]) {
    await world.compute.places.ensureNetwork({
      ...{ name: name ?? '', owner: { vaultId: vault, itemId: 'setup', jobId: 'setup' } },
      ...{ place: { resourceGroupId: groupOf('rescue'), location: 'westeurope' } },
      addressSpace: [`${net}.0.0/16`],
      subnets: ['front', 'back'].map((subnet, index) => ({ name: subnet, range: `${net}.${index}.0/24` })),
    });
  }
});

afterEach(() => world.close());

async function failedOver(
  scenario: 'HyperVReplicaAzure' | 'A2A' | 'InMageRcm',
  options: ProtectOptions,
): Promise<SimulatedMachine> {
  const machine = await world.protect(scenario, options);
  await world.point(machine);
  return machine;
}

/** Where the cards of the recovered machine are. */
async function cards(
  machine: SimulatedMachine,
  verb = 'unplannedFailover',
  more: object = {},
): Promise<unknown> {
  const item = await world.item(machine);
  const job = await world.run(machine, verb, {
    ...{ failoverDirection: 'PrimaryToRecovery', sourceSiteOperations: 'NotRequired', ...more },
    providerSpecificDetails: { instanceType: item.instanceType, performShutdown: 'false' },
  });
  if (job.state !== 'Succeeded') return job.errors.map(({ code, message }) => [code, message]);
  const { test, real } = recoveriesOf(await world.item(machine));
  return ((verb === 'testFailover' ? test : real)?.machine?.nics ?? []).map(
    ({ networkId, subnet, address, publicAddress, moreAddresses = [] }) => {
      const shown = [networkId.split('/').at(-1), subnet, address, ...moreAddresses];
      return publicAddress === undefined ? shown : [...shown, 'public'];
    },
  );
}

/** Describes the cards of the machine to be, as people do after protection. */
async function describeCards(
  machine: SimulatedMachine,
  properties: object,
  details: object = {},
): Promise<void> {
  const { instanceType } = await world.item(machine);
  const body = { properties: { ...properties, providerSpecificDetails: { instanceType, ...details } } };
  expect((await world.ask('PATCH', machine.itemId, { body })).status).toBe(202);
  await world.pass(3);
}

/** Pairs a network of a fabric with one of the target. */
async function map(fabric: string, native: object, primaryNetworkId: string, to: string): Promise<void> {
  const id = `${vault}/replicationFabrics/${fabric}/replicationNetworks/lan`;
  const type = 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationNetworks';
  await putResource(world.records, { id, name: 'lan', type, properties: { friendlyName: 'lan', ...native } });
  await putResource(world.records, {
    ...{
      id: `${id}/replicationNetworkMappings/map`,
      name: 'map',
      type: `${type}/replicationNetworkMappings`,
    },
    properties: { state: 'Paired', primaryNetworkId, recoveryNetworkId: to },
  });
}

describe('the cards of a recovered machine', () => {
  it('A1 are as many as the source has, each in the subnet of the same name, with all disks of the source', async () => {
    const machine = await failedOver('A2A', {
      disks: 3,
      nics: [
        { networkId: 'east', subnet: 'back', address: '10.2.1.40' },
        { networkId: 'east', subnet: 'front', address: '10.2.0.40' },
        { networkId: 'east', subnet: 'nowhere', address: '192.168.0.4' },
      ],
      enabledWith: { ...there, recoveryAzureNetworkId: `${networks}/quay` },
    });
    expect(await cards(machine)).toEqual([
      ['quay', 'back', '10.2.1.40'],
      ['quay', 'front', '10.2.0.40'],
      ['quay', 'front', '10.2.0.4'],
    ]);
    expect(await world.recovered(machine, 'real')).toEqual(machine.disks.map(({ content }) => content));
    expect(machine.disks).toHaveLength(3);
  });

  it('are in the network that theirs is mapped to, from a site and from a region', async () => {
    await map('site-HyperVReplicaAzure', { nativeId: 'switch-1' }, 'lan', `${networks}/pier`);
    await map('site-A2A', {}, `${groupOf('east')}/Networks/LAN`, `${networks}/quay`);
    const onSite = await failedOver('HyperVReplicaAzure', {
      ...{ name: 'site', enabledWith: there },
      nics: [{ networkId: 'switch-1', subnet: 'back', address: '10.3.1.77' }],
    });
    const inRegion = await failedOver('A2A', {
      ...{ name: 'region', enabledWith: there },
      nics: [{ networkId: `${groupOf('east')}/networks/lan`, subnet: 'front', address: '10.2.0.77' }],
    });
    expect(await cards(onSite)).toEqual([['pier', 'back', '10.3.1.77']]);
    expect(await cards(inRegion)).toEqual([['quay', 'front', '10.2.0.77']]);
  });

  it('are nowhere without a choice or a mapping: that is said before anything is touched', async () => {
    await map('site-HyperVReplicaAzure', { nativeId: 'another' }, 'lan', `${networks}/pier`);
    const machine = await failedOver('HyperVReplicaAzure', {
      enabledWith: there,
      nics: [{ networkId: 'switch-1', address: '10.3.1.77' }],
    });
    expect(await cards(machine)).toEqual([
      ['TargetResourceMissing', 'No network is chosen for the machine at the target.'],
    ]);
    expect([await world.made(machine), (await world.item(machine)).state]).toEqual([[], 'Protected']);
  });

  it('D19 are as they were described after protection: network, subnet, address, a public address', async () => {
    const machine = await failedOver('HyperVReplicaAzure', {});
    const reply = await world.ask('PATCH', machine.itemId, {
      body: {
        properties: {
          vmNics: [
            {
              ...{ nicId: 'nic0', selectionType: 'SelectedByUser', recoveryVMNetworkId: `${networks}/quay` },
              ipConfigs: [
                {
                  ...{ recoverySubnetName: 'back', recoveryStaticIPAddress: '10.2.1.9' },
                  recoveryPublicIPAddressId: '/subscriptions/s/publicIPAddresses/shown',
                },
              ],
              tfoVMNetworkId: `${networks}/pier`,
            },
            { nicId: 'nic1', selectionType: 'SelectedByUser', recoveryVMSubnetName: 'default' },
            { nicId: 'nic2', selectionType: 'NotSelected' },
          ],
          providerSpecificDetails: hyperV,
        },
      },
    });
    expect(reply.status).toBe(202);
    await world.pass(3);
    const test = { networkType: 'VmNetworkAsInput', networkId: network };
    expect(await cards(machine, 'testFailover', test)).toEqual([
      ['pier', 'front', '10.3.0.4'],
      ['harbour', 'default', '10.1.0.4'],
    ]);
    await world.run(machine, 'testFailoverCleanup');
    expect(await cards(machine)).toEqual([
      ['quay', 'back', '10.2.1.9', 'public'],
      ['harbour', 'default', '10.1.0.4'],
    ]);
    expect((await world.run(machine, 'failoverCommit')).state).toBe('Succeeded');
  });

  it('are those that were selected, the primary one first, each with the addresses that were selected', async () => {
    const machine = await failedOver('HyperVReplicaAzure', {
      nics: [{ address: '10.1.0.20' }, { address: '10.1.0.21' }, { address: '10.1.0.22' }],
    });
    const ipConfigs = [
      { isPrimary: false, recoveryStaticIPAddress: '10.1.0.41', tfoStaticIPAddress: '10.1.0.51' },
      { isPrimary: true, recoveryStaticIPAddress: '10.1.0.40', recoveryPublicIPAddressId: '/shown' },
      { isPrimary: false, isSeletedForFailover: false, recoveryStaticIPAddress: '10.1.0.42' },
    ];
    const vmNics = [
      { nicId: 'nic0', selectionType: 'SelectedByUser' },
      { nicId: 'nic1', selectionType: 'NotSelected' },
      { nicId: 'nic2', selectionType: 'SelectedByUser', ipConfigs },
    ];
    await describeCards(machine, { vmNics, selectedSourceNicId: 'nic2' });
    const test = { networkType: 'VmNetworkAsInput', networkId: network };
    expect(await cards(machine, 'testFailover', test)).toEqual([
      ['harbour', 'default', '10.1.0.22', '10.1.0.51'],
      ['harbour', 'default', '10.1.0.20'],
    ]);
    await world.run(machine, 'testFailoverCleanup');
    expect(await cards(machine)).toEqual([
      ['harbour', 'default', '10.1.0.40', '10.1.0.41', 'public'],
      ['harbour', 'default', '10.1.0.20'],
    ]);
  });

  it('have all the addresses of the source, until their own are described, with their names and load balancers', async () => {
    const nics = [{ networkId: 'a', subnet: 'front', address: '10.2.0.40', moreAddresses: ['10.2.0.41'] }];
    const enabledWith = { ...there, recoveryAzureNetworkId: `${networks}/quay` };
    const onSite = await failedOver('HyperVReplicaAzure', { name: 'site', nics, enabledWith });
    const test = { networkType: 'VmNetworkAsInput', networkId: `${networks}/quay` };
    const whole = [['quay', 'front', '10.2.0.40', '10.2.0.41']];
    expect(await cards(onSite, 'testFailover', test)).toEqual(whole);
    await world.run(onSite, 'testFailoverCleanup');
    const inRegion = await failedOver('A2A', { nics, enabledWith });
    expect(await cards(inRegion, 'testFailover', test)).toEqual(whole);
    await world.run(inRegion, 'testFailoverCleanup');

    const gates = { resourceGroupId: groupOf('gates'), location: 'westeurope' };
    await world.compute.places.ensureGroup(gates, { vaultId: vault, itemId: 'setup', jobId: 'setup' });
    const pool = `${groupOf('rescue')}/loadBalancers/door/backendAddressPools/web`;
    const ipConfigs = [{ recoveryStaticIPAddress: '10.2.0.50', recoveryLBBackendAddressPoolIds: [pool] }];
    const named = { recoveryNicName: 'gate', recoveryNicResourceGroupName: 'gates', reuseExistingNic: true };
    await describeCards(inRegion, { vmNics: [{ nicId: 'web-nic0', ipConfigs, ...named }] });
    expect(await cards(inRegion)).toEqual([['quay', 'front', '10.2.0.50']]);
    expect(recoveriesOf(await world.item(inRegion)).real?.machine?.nics).toMatchObject([
      { id: expect.stringMatching(/\/gates\/.*\/gate$/), poolIds: [pool] },
    ]);
  });

  it('are described in the words of the appliance too, and one of them has to be selected', async () => {
    const machine = await failedOver('InMageRcm', {
      ...{ nics: [{ address: '10.2.0.20' }, { address: '10.2.1.21' }, { address: '10.2.1.22' }] },
      enabledWith: { targetResourceGroupId: groupOf('rescue'), targetNetworkId: `${networks}/quay` },
    });
    const isUnselected = { isPrimaryNic: 'false', isSelectedForFailover: 'false' };
    const none = ['nic0', 'nic1', 'nic2'].map((nicId) => ({ nicId, ...isUnselected }));
    await describeCards(machine, {}, { vmNics: none });
    expect(await cards(machine)).toEqual([['TargetRefused', expect.stringContaining('is selected')]]);
    expect([await world.made(machine), (await world.item(machine)).state]).toEqual([[], 'Protected']);
    const vmNics = [
      { nicId: 'nic0', isPrimaryNic: 'false', isSelectedForFailover: 'true', targetSubnetName: 'front' },
      { nicId: 'nic1', isPrimaryNic: 'true', targetSubnetName: 'back', targetStaticIPAddress: '10.2.1.50' },
      { nicId: 'nic2', ...isUnselected },
    ];
    await describeCards(machine, {}, { vmNics });
    expect(await cards(machine)).toEqual([
      ['quay', 'back', '10.2.1.50'],
      ['quay', 'front', '10.2.0.20'],
    ]);
  });

  it('have the address of the source where it is free, else the next', async () => {
    const first = await failedOver('HyperVReplicaAzure', { name: 'first' });
    const second = await failedOver('HyperVReplicaAzure', { name: 'second' });
    expect(await cards(first)).toEqual([['harbour', 'default', '10.1.0.9']]);
    expect(await cards(second)).toEqual([['harbour', 'default', '10.1.0.4']]);
  });
});
