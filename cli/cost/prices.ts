import { z } from 'zod';

const amount = z.number().min(0);

/** What things cost in US dollars, per month where nothing else is said. */
export const Prices = z.strictObject({
  replicaGiB: amount,
  cacheGiB: amount,
  /** Storage calls that write, by the ten thousand. */
  writesPerTenThousand: amount,
  /** Function calls, by the million, and what they hold of memory. */
  executionsPerMillion: amount,
  executionGiBSecond: amount,
  serviceBusBase: amount,
  catalogueRequestUnitsPerMillion: amount,
  /** A machine that runs, by the hour: test failovers. */
  testMachineHour: amount,
  /** What Site Recovery takes for each machine, for comparison. */
  siteRecoveryMachine: amount,
});
export type Prices = z.infer<typeof Prices>;

/** Round list prices, written down by hand. They age and differ by region: `--prices` takes others. */
export const listPrices: Prices = {
  replicaGiB: 0.045,
  cacheGiB: 0.018,
  writesPerTenThousand: 0.05,
  executionsPerMillion: 0.4,
  executionGiBSecond: 0.000026,
  serviceBusBase: 9.81,
  catalogueRequestUnitsPerMillion: 0.25,
  testMachineHour: 0.1,
  siteRecoveryMachine: 25,
};
