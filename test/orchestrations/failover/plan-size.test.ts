import { performance } from 'node:perf_hooks';
import { Fleet } from '../../support/failover/fleet';

const out = { failoverDirection: 'PrimaryToRecovery' };
const [smallest = 6, ...larger] = (process.env['BENCH_PLANS'] ?? '6,30').split(',').map(Number);
const sizes = [smallest, ...larger];
const groupsOf = (machines: number): number => Math.min(20, Math.ceil(machines / 2));
const isSorted = (order: readonly number[]): boolean =>
  order.every((group, index) => group >= (order[index - 1] ?? 0));

/** Tests a plan, fails it over and commits: how long the failover took. */
async function recover(machines: number, endsEvery?: number): Promise<{ fleet: Fleet; tookInMs: number }> {
  const fleet = await Fleet.open(machines, groupsOf(machines), endsEvery);
  await fleet.run('testFailover', 'planTestFailover', { ...out, networkType: 'NoNetworkAsInput' });
  expect([fleet.order.length, isSorted(fleet.order)]).toEqual([machines, true]);
  await fleet.run('testFailoverCleanup', 'planTestFailoverCleanup');
  const startedAt = performance.now();
  await fleet.run('unplannedFailover', 'planUnplannedFailover', {
    ...out,
    sourceSiteOperations: 'NotRequired',
  });
  const tookInMs = performance.now() - startedAt;
  expect([fleet.order.length, isSorted(fleet.order)]).toEqual([machines, true]);
  await fleet.run('failoverCommit', 'planCommitFailover');
  await fleet.world.close();
  return { fleet, tookInMs };
}

it('X4 brings up groups in order, in a time that grows only with the machines', async () => {
  const perMachine: number[] = [];
  for (const machines of sizes) {
    const { fleet, tookInMs } = await recover(machines);
    expect(fleet.diary).toMatchObject(Array(4).fill({ state: 'Succeeded', stateDescription: 'Completed' }));
    perMachine.push(tookInMs / machines);
    const seconds = (tookInMs / 1_000).toFixed(1);
    process.stdout.write(
      `${machines} machines in ${groupsOf(machines)} groups: ${seconds} s, ${(tookInMs / machines).toFixed(0)} ms each\n`,
    );
  }
}, 1_800_000);

it('X4 I10 comes to the same although its engine ends 20 times', async () => {
  const machines = sizes.at(-1) ?? smallest;
  const { fleet } = await recover(machines);
  const killed = await recover(machines, machines - 1);
  expect(killed.fleet.crashes).toBeGreaterThanOrEqual(20);
  expect(killed.fleet.diary).toEqual(fleet.diary);
}, 1_800_000);

it('I12 keeps to its histories in every verb of a plan', async () => {
  const fleet = await Fleet.open(3, 2);
  const planned = await fleet.run('plannedFailover', 'planPlannedFailover', out);
  expect(planned.state).toBe('Succeeded');
  await fleet.run('failoverCommit', 'planCommitFailover');
  expect(await fleet.run('failoverCancel', 'planCancelFailover')).toMatchObject({ state: 'Failed' });
  expect(await fleet.run('reProtect', 'planReprotect')).toMatchObject({ state: 'Failed' });
  await fleet.world.close();
});
