import { refusals } from '../../../shared/refusals';
import { changeManifest } from '../../../shared/service/points/manifests';
import type { PointManifest } from '../../../shared/contracts/replication/point-manifest';
import { FailoverWorld } from '../../support/failover/failover-world';
import { groupOf, network } from '../../support/failover/protect-machine';
import { MemoryTargetDocuments } from '../../support/memory/memory-target-documents';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const owner = { vaultId: 'another', itemId: 'another', jobId: 'another' };
const place = { resourceGroupId: groupOf('rescue'), location: 'westeurope' };

let world: FailoverWorld;
let machine: SimulatedMachine;

beforeEach(async () => {
  world = await FailoverWorld.open();
  machine = await world.protect('HyperVReplicaAzure');
  await world.point(machine);
});

afterEach(() => world.close());

const planned = (details: object = {}): object => ({
  failoverDirection: 'PrimaryToRecovery',
  providerSpecificDetails: { ...hyperV, ...details },
});

/** What the target account says of a point from now on; the list has not heard of it yet. */
async function changePoint(pointId: string, changes: Partial<PointManifest>): Promise<void> {
  const documents = new MemoryTargetDocuments(world.target);
  await changeManifest(documents, pointId, (manifest) => ({ ...manifest, ...changes }) as PointManifest);
}

/** Refused with a cause and an action, before the source or the target was touched. */
async function expectRefusedUntouched(
  properties: object,
  code: keyof typeof refusals,
  message: RegExp,
): Promise<void> {
  const made = (): readonly string[] => [
    ...world.compute.cloud.machines.keys(),
    ...world.compute.cloud.disks.keys(),
  ];
  const before = made();
  const job = await world.run(machine, 'plannedFailover', properties);
  expect(job).toMatchObject({ state: 'Failed', errors: [{ code, message: expect.stringMatching(message) }] });
  expect(job.errors[0]?.causes).toBe(refusals[code].causes);
  expect(job.errors[0]?.action).toBe(refusals[code].action);
  await world.pass(2);
  expect([made(), (await world.item(machine)).state]).toEqual([before, 'Protected']);
  expect([machine.tasksDone, machine.isRunning, machine.isReadOnly]).toEqual([[], true, false]);
}

describe('a failover is refused, and touches nothing', () => {
  it.each([
    ['is being pruned', 'pruning'],
    ['is not whole', 'partial'],
  ] as const)('to a point that %s', async (_, state) => {
    const pointId = await world.point(machine);
    await changePoint(pointId, { state });
    const recoveryPointId = `${machine.itemId}/recoveryPoints/${pointId}`;
    await expectRefusedUntouched(planned({ recoveryPointId }), 'PointNotWhole', new RegExp(`is ${state}`));
  });

  it('where its network is gone, or has no such subnet', async () => {
    await world.changeItem(machine, { target: { recoverySubnetName: 'cellar' } });
    await expectRefusedUntouched(planned(), 'TargetResourceMissing', /harbour has no subnet cellar/);
    world.compute.cloud.networks.clear();
    await expectRefusedUntouched(planned(), 'TargetResourceMissing', /harbour is not there/);
  });

  it.each([
    ['virtualMachines', 0, /gives 0 of virtualMachines, 0 are used/],
    ['cores', 7, /gives 7 of cores, 0 are used, and this takes 8 more/],
  ])('where the target has no %s left', async (name, limit, message) => {
    world.compute.cloud.quotas.set(name, limit);
    await world.changeItem(machine, { target: { recoveryAzureVMSize: 'Standard_D8s_v3' } });
    await expectRefusedUntouched(planned(), 'TargetQuotaExceeded', message);
  });

  it('where somebody else has a machine of that name', async () => {
    const [first] = machine.disks;
    const replicaId = first?.replicaId ?? '';
    const request = { owner, place, name: 'theirs', replicaId, sizeBytes: 512, isOperatingSystem: true };
    const { id } = await world.compute.machines.makeDisk(request);
    const nics = [{ networkId: network }];
    const size = 'Standard_B2s';
    await world.compute.machines.makeMachine({ owner, place, name: 'web', size, diskIds: [id], nics });
    await expectRefusedUntouched(planned(), 'TargetNameTaken', /virtualMachines\/web is there already/);
  });
});

it('a point that another job keeps can be failed over to, and stays kept by that one alone', async () => {
  const pointId = await world.point(machine);
  await world.ports.replicas.pinPoint(pointId, 'another');
  const recoveryPointId = `${machine.itemId}/recoveryPoints/${pointId}`;
  expect(await world.run(machine, 'plannedFailover', planned({ recoveryPointId }))).toMatchObject({
    state: 'Succeeded',
  });
  expect(await world.recovered(machine, 'real')).toEqual(machine.atPoint.get(pointId));
  expect((await world.run(machine, 'failoverCommit')).state).toBe('Succeeded');
  expect((await world.ports.replicas.point(pointId))?.pins).toEqual(['another']);
});

it.each([
  ['makeDisk', false],
  ['makeMachine', true],
] as const)(
  'a target that dies at %s goes on where it was (after the effect: %s)',
  async (call, afterEffect) => {
    world.compute.cloud.failNext(call, 'TargetUnavailable', afterEffect);
    const job = await world.run(machine, 'plannedFailover', planned());
    expect(job).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.recovered(machine, 'real')).toEqual(machine.disks.map(({ content }) => content));
    expect([world.compute.cloud.machines.size, world.compute.cloud.disks.size]).toEqual([1, 2]);
  },
);
