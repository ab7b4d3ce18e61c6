import { vault, World } from '../../support/arm/world';

describe('a Hyper-V site', () => {
  it('is created by a job, with its container', async () => {
    const world = await World.open();
    const status = await world.finish('PUT', `${vault}/replicationFabrics/Site-1`, {
      properties: { customDetails: { instanceType: 'HyperVSite' } },
    });
    expect(status.body).toMatchObject({ status: 'Succeeded', error: null });
    const fabric = await world.ask('GET', `${vault}/REPLICATIONFABRICS/site-1`);
    expect(fabric.body).toMatchObject({
      name: 'Site-1',
      properties: { friendlyName: 'Site-1', bcdrState: 'Valid' },
    });
    const containers = await world.ask('GET', `${vault}/replicationProtectionContainers`);
    expect(containers.body.value).toHaveLength(1);
    expect(world.faults).toEqual([]);
  });
});
