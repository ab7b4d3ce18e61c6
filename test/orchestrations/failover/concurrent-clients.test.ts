import { activeSideOf } from '../../support/failover/active-side';
import { FailoverWorld } from '../../support/failover/failover-world';
import { SeededChance } from '../../support/seeded-chance';
import { scenarios } from '../../../shared/model/scenarios';
import { judge } from '../../../shared/model/scenarios/allowed';
import type { Verb } from '../../../shared/model/scenarios/scenario';

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const point = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: hyperV };

/** What clients ask for, and the verb of the state table that it is. */
const requests: readonly (readonly [Verb, string, object])[] = [
  ['testFailover', 'testFailover', { ...point, networkType: 'NoNetworkAsInput' }],
  ['testFailoverCleanup', 'testFailoverCleanup', {}],
  ['plannedFailover', 'plannedFailover', point],
  ['unplannedFailover', 'unplannedFailover', { ...point, sourceSiteOperations: 'NotRequired' }],
  ['unplannedFailover', 'unplannedFailover', { ...point, sourceSiteOperations: 'Required' }],
  ['commitFailover', 'failoverCommit', {}],
  [
    'failback',
    'plannedFailover',
    {
      failoverDirection: 'RecoveryToPrimary',
      providerSpecificDetails: { instanceType: 'HyperVReplicaAzureFailback' },
    },
  ],
  ['reprotect', 'reProtect', { providerSpecificDetails: hyperV }],
];

const awayAtRest = ['PlannedFailoverStatesBegin', 'UnplannedFailoverCommitted'];
const isLong = process.env['LIFEBOAT_LONG'] === '1';
const seeds = Array.from(
  { length: isLong ? 500 : 12 },
  (_, index) => Number(process.env['SEED'] ?? 1) + index,
);
const verbsOfRun = 30;

/** One run: three clients ask for random verbs at once, again and again; at rest everything must hold. */
async function run(seed: number): Promise<number> {
  let jobs = 0;
  const chance = new SeededChance(seed);
  const happens = (share: number): boolean => chance.next() < share;
  const world = await FailoverWorld.open();
  try {
    const machine = await world.protect('HyperVReplicaAzure', { disks: 1, sizeBytes: 8192 });
    for (let count = 0; count < verbsOfRun / 3; count++) {
      const before = await world.item(machine);
      const wanted = Array.from({ length: 3 }, () => chance.pick(requests));
      machine.isReachable = !happens(0.15);
      if (happens(0.1)) world.compute.cloud.failNext('makeMachine', 'TargetQuotaExceeded');
      const answers = await Promise.all(
        wanted.map(([, path, properties]) =>
          world.ask('POST', `${machine.itemId}/${path}`, { body: { properties } }),
        ),
      );
      const taken = answers.filter(({ status }) => status === 202);
      // I10, and one job at a time: of all who asked at once, one at most got the item.
      expect(taken.length).toBeLessThanOrEqual(1);
      for (const [index, { status }] of answers.entries()) {
        const [verb] = wanted[index] ?? ['testFailover'];
        const standing = { state: before.state, busy: false, resyncRequired: before.resyncRequired };
        const { allowed } = judge(scenarios.HyperVReplicaAzure, standing, verb);
        if (status === 202) expect(allowed).toBe(true);
        else expect(status).toBe(409);
      }
      if (taken.length === 0) {
        expect(
          wanted.some(
            ([verb]) =>
              judge(
                scenarios.HyperVReplicaAzure,
                { state: before.state, busy: false, resyncRequired: before.resyncRequired },
                verb,
              ).allowed,
          ),
        ).toBe(false);
      }
      jobs += taken.length;
      for (const { headers } of taken) {
        const jobId = new URL(headers['Azure-AsyncOperation'] ?? '').pathname.split('/').at(-1) ?? '';
        let seconds = 0;
        await world.ended(jobId, async () => {
          // Longer than anything waits for a source that it can do without. What cannot waits until the site is back.
          machine.isReachable ||= ++seconds > 150;
          await activeSideOf(world, machine);
        });
      }
      machine.isReachable = true;
      await world.pass(2);
      await activeSideOf(world, machine);
      const { state } = await world.item(machine);
      if (state === 'Protected') await world.point(machine);
      if (awayAtRest.includes(state) && happens(0.8)) await world.installAgent(machine);
    }
    return jobs;
  } finally {
    await world.close();
  }
}

describe('three clients that ask for whatever they like at once', () => {
  it.each(seeds)(
    'never get both sides running, a stream through a fence, or a leak (seed %i)',
    async (seed) => {
      expect(await run(seed)).toBeGreaterThan(0);
    },
    isLong ? 120_000 : 60_000,
  );
});
