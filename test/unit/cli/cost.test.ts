import fc from 'fast-check';
import { type Estate, monthlyCost, total } from '../../../cli/cost/monthly-cost';
import { listPrices } from '../../../cli/cost/prices';
import { lifeboat } from './harbour';

const estate: Estate = {
  machines: 10,
  usedGiB: 100,
  churnGiBPerDay: 2,
  disksPerMachine: 1,
  retentionHours: 24,
  sealIntervalInSeconds: 30,
  testHours: 1,
};

const dollarsOf = (what: string, of: Estate): number =>
  monthlyCost(of, listPrices).find((line) => line.what === what)?.dollars ?? NaN;

describe('the cost of a month', () => {
  it('is what the prices say', () => {
    expect(dollarsOf('replica disks', estate)).toBe(45);
    expect(dollarsOf('recovery points', estate)).toBe(0.9);
    expect(dollarsOf('test failovers', estate)).toBe(1);
    // 10 machines, a log of one disk every 30 s, 730 h: 876,000 logs of four writes.
    expect(dollarsOf('storage calls', estate)).toBe(17.52);
    // 30 units for each of these logs, and 5,200 an hour for each machine.
    expect(dollarsOf('catalogue', estate)).toBe(16.06);
  });

  it('has one instance that waits with the agents, and more only for more work', () => {
    expect(dollarsOf('function memory', { ...estate, machines: 1 })).toBe(136.66);
    expect(dollarsOf('function memory', estate)).toBe(136.66);
    // 1,000 machines: 87.6 million logs of half a GiB-second.
    expect(dollarsOf('function memory', { ...estate, machines: 1000 })).toBe(1138.8);
  });

  it('is nothing for nothing', () => {
    expect(total(monthlyCost({ ...estate, machines: 0 }, listPrices))).toBe(0);
  });

  it('never falls when there is more of anything but time between logs', () => {
    const amount = fc.integer({ min: 0, max: 10_000 });
    const grows = fc.constantFrom<keyof Estate>(
      'machines',
      'usedGiB',
      'churnGiBPerDay',
      'disksPerMachine',
      'retentionHours',
      'testHours',
    );
    fc.assert(
      fc.property(grows, amount, (name, more) => {
        const larger = { ...estate, [name]: estate[name] + more };
        expect(total(monthlyCost(larger, listPrices))).toBeGreaterThanOrEqual(
          total(monthlyCost(estate, listPrices)),
        );
      }),
    );
  });

  it('is told by the command line without any service', async () => {
    const said = await lifeboat('cost --machines 10 --gib 100 --churn 2 -o json'.split(' '), {
      environment: { LIFEBOAT_CONFIG: '/nowhere/config.json' },
    });
    expect(said).toMatchObject({ code: 0, notes: '' });
    const told = JSON.parse(said.output) as { lines: { dollars: number }[]; totalDollars: number };
    expect(told).toMatchObject({ siteRecoveryFeeDollars: 250 });
    expect(told.totalDollars).toBeCloseTo(
      told.lines.reduce((sum, { dollars }) => sum + dollars, 0),
      2,
    );
  });
});
