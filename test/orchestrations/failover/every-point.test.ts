import { FailoverWorld } from '../../support/failover/failover-world';
import { network } from '../../support/failover/protect-machine';

const hyperV = { instanceType: 'HyperVReplicaAzure' };

it('A10 D18 fails over to each of 52 listed points, every one equal to the source at its marker', async () => {
  const world = await FailoverWorld.open();
  try {
    const machine = await world.protect('HyperVReplicaAzure', { sizeBytes: 16_384 });
    for (let count = 0; count < 51; count++) await world.point(machine, count % 5 === 0 ? 'app' : 'crash');
    const { body } = await world.ask('GET', `${machine.itemId}/recoveryPoints`);
    const points = (body as { value: { name: string }[] }).value.map(({ name }) => name);
    expect(points.toSorted()).toEqual([...machine.atPoint.keys()].toSorted());
    expect(points).toHaveLength(52);
    const seen = new Set<string>();
    for (const pointId of points) {
      const recoveryPointId = `${machine.itemId}/recoveryPoints/${pointId}`;
      const job = await world.run(machine, 'testFailover', {
        ...{ networkType: 'VmNetworkAsInput', networkId: network },
        providerSpecificDetails: { ...hyperV, recoveryPointId },
      });
      expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
      const recovered = await world.recovered(machine, 'test');
      expect(recovered).toEqual(machine.atPoint.get(pointId));
      seen.add(Buffer.concat([...recovered]).toString('base64'));
      expect((await world.run(machine, 'testFailoverCleanup')).state).toBe('Succeeded');
    }
    expect(seen.size).toBe(52);
    expect(await world.made(machine)).toEqual([]);
  } finally {
    await world.close();
  }
});
