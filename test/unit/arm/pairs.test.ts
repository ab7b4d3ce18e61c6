import { resourceKey } from '../../../shared/model/resource-id';
import { vault, World } from '../../support/arm/world';

const networks = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks';
const fabricId = (name: string): string => `${vault}/replicationFabrics/${name}`;

describe('what is paired across fabrics', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });

  afterEach(() => expect(world.faults).toEqual([]));

  async function make(path: string, properties: object): Promise<void> {
    const { body } = await world.finish('PUT', path, { properties });
    expect([path, body.status]).toEqual([path, 'Succeeded']);
  }

  async function list(path: string): Promise<{ id: string; name: string; properties: object }[]> {
    return (await world.ask('GET', path)).body.value;
  }

  async function cloudOf(fabric: string): Promise<string> {
    await make(fabricId(fabric), { customDetails: { instanceType: 'VMM' } });
    const [cloud] = await list(`${fabricId(fabric)}/replicationProtectionContainers`);
    return cloud?.id ?? '';
  }

  it('A4: networks of two regions are mapped there and back, each way on its own', async () => {
    const ways = [
      ['east', 'west'],
      ['west', 'east'],
    ] as const;
    for (const [location] of ways) {
      await make(fabricId(location), { customDetails: { instanceType: 'Azure', location: `${location}us` } });
    }
    const mappings = (fabric: string): string =>
      `${fabricId(fabric)}/replicationNetworks/azureNetwork/replicationNetworkMappings`;
    for (const [from, to] of ways) {
      await make(`${mappings(from)}/to-${to}`, {
        ...{ recoveryFabricName: to, recoveryNetworkId: `${networks}/${to}` },
        fabricSpecificDetails: { instanceType: 'AzureToAzure', primaryNetworkId: `${networks}/${from}` },
      });
    }
    const all = await list(`${vault}/replicationNetworkMappings`);
    expect(all.map(({ properties }) => properties)).toEqual(
      ways.map(([from, to]) =>
        expect.objectContaining({
          ...{ state: 'Paired', primaryNetworkId: `${networks}/${from}` },
          recoveryNetworkId: `${networks}/${to}`,
        }),
      ),
    );
    await world.finish('DELETE', `${mappings('west')}/to-east`);
    expect((await list(`${vault}/replicationNetworkMappings`)).map(({ name }) => name)).toEqual(['to-west']);
  });

  it('F2: clouds of two VMM servers are paired, and a cloud only with a cloud', async () => {
    const [here, there] = [await cloudOf('vmm-1'), await cloudOf('vmm-2')];
    await make(fabricId('site'), { customDetails: { instanceType: 'HyperVSite' } });
    const [site] = await list(`${fabricId('site')}/replicationProtectionContainers`);
    const policyId = `${vault}/replicationPolicies/two-sites`;
    await make(policyId, {
      providerSpecificInput: { instanceType: 'HyperVReplica2012R2', recoveryPoints: 4 },
    });
    const mapping = `${here}/replicationProtectionContainerMappings/pair`;
    const lead = (target: string | undefined) =>
      world.ask('PUT', mapping, { body: { properties: { policyId, targetProtectionContainerId: target } } });
    for (const wrong of [site?.id, 'Microsoft Azure', undefined]) {
      const { status, body } = await lead(wrong);
      expect([wrong, status, body.error.code]).toEqual([wrong, 400, 'BadRequest']);
    }
    await make(mapping, { policyId, targetProtectionContainerId: there });
    const [paired] = await list(`${here}/replicationProtectionContainerMappings`);
    expect(paired?.properties).toMatchObject({
      ...{ targetProtectionContainerId: there, state: 'Paired', policyId },
      ...{ sourceFabricFriendlyName: 'vmm-1', targetFabricFriendlyName: 'vmm-2' },
    });
    const shown = (await world.ask('GET', here)).body.properties;
    expect(shown).toMatchObject({ fabricType: 'VMM', pairingStatus: 'Paired' });
    const held = await world.ask('POST', `${there}/remove`);
    expect(held.status).toBe(409);
  });

  it('a network of a VMM server is mapped only once it is linked to a logical one', async () => {
    await cloudOf('vmm-1');
    const network = `${fabricId('vmm-1')}/replicationNetworks/lan`;
    const key = resourceKey(network);
    if (key === undefined) throw new Error('no key');
    const properties = { friendlyName: 'LAN', networkType: 'VMM', fabricKind: 'VMM', subnets: [] };
    const record = { id: network, name: 'lan', type: 'x/replicationNetworks' };
    await world.records.put(key, { ...record, properties });
    const body = {
      properties: {
        recoveryNetworkId: `${networks}/there`,
        fabricSpecificDetails: { instanceType: 'VmmToAzure' },
      },
    };
    const mapping = `${network}/replicationNetworkMappings/any`;
    const refused = await world.ask('PUT', mapping, { body });
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      expect.stringMatching(/"LAN" is not linked/),
    ]);
    await world.records.put(key, { ...record, properties: { ...properties, logicalNetworkId: 'l1' } });
    await make(mapping, body.properties);
  });
});
