import type { Prices } from './prices';

/** What is protected, and how. */
export interface Estate {
  readonly machines: number;
  /** What a machine's disks hold; empty space is not stored. */
  readonly usedGiB: number;
  /** What a machine writes in a day, after compression and after what is overwritten between two logs. */
  readonly churnGiBPerDay: number;
  readonly disksPerMachine: number;
  readonly retentionHours: number;
  /** Seconds between two change logs of a disk. */
  readonly sealIntervalInSeconds: number;
  readonly testHours: number;
}

export interface CostLine {
  readonly what: string;
  readonly amount: number;
  readonly unit: string;
  readonly dollars: number;
}

const hoursInMonth = 730;
const daysInMonth = hoursInMonth / 24;
/** A change log rests in the cache until it is durable at the target; this is more than it takes. */
const cacheHours = 6;
/** Agents wait for what is wanted of them, so that one instance of 2 GiB never sleeps; logs are applied in it as well. */
const awakeGibSeconds = 2 * hoursInMonth * 3600;
/** What a machine asks of the catalogue while it rests, as `npm run bench:control` counts it. */
const requestUnitsPerMachineHour = 5200;
/** What a log is taken to cost at work: a second of half a GiB, and some reads and writes of the catalogue. */
const [gibSecondsPerLog, requestUnitsPerLog, writesPerLog, executionsPerLog] = [0.5, 30, 4, 2];

/** What a month costs, line by line. */
export function monthlyCost(estate: Estate, prices: Prices): readonly CostLine[] {
  const { machines, disksPerMachine, usedGiB, churnGiBPerDay } = estate;
  const logs = (machines * disksPerMachine * hoursInMonth * 3600) / estate.sealIntervalInSeconds;
  const line = (what: string, amount: number, unit: string, price: number): CostLine => ({
    what,
    amount: round(amount),
    unit,
    dollars: round(amount * price),
  });
  return [
    line('replica disks', machines * usedGiB, 'GiB', prices.replicaGiB),
    line(
      'recovery points',
      (machines * churnGiBPerDay * estate.retentionHours) / 24,
      'GiB',
      prices.replicaGiB,
    ),
    line('cache', (machines * churnGiBPerDay * cacheHours) / 24, 'GiB', prices.cacheGiB),
    line('storage calls', (logs * writesPerLog) / 10_000, '10,000', prices.writesPerTenThousand),
    line('function calls', (logs * executionsPerLog) / 1_000_000, 'million', prices.executionsPerMillion),
    line(
      'function memory',
      machines > 0 ? Math.max(awakeGibSeconds, logs * gibSecondsPerLog) : 0,
      'GiB s',
      prices.executionGiBSecond,
    ),
    line('messages', machines > 0 ? 1 : 0, 'month', prices.serviceBusBase),
    line(
      'catalogue',
      (logs * requestUnitsPerLog + machines * hoursInMonth * requestUnitsPerMachineHour) / 1_000_000,
      'million RU',
      prices.catalogueRequestUnitsPerMillion,
    ),
    line('test failovers', machines * estate.testHours, 'machine h', prices.testMachineHour),
  ];
}

export function total(lines: readonly CostLine[]): number {
  return round(lines.reduce((sum, { dollars }) => sum + dollars, 0));
}

/** What moves over the network in a month, for whoever pays for that. */
export function monthlyTransferGiB({ machines, churnGiBPerDay }: Estate): number {
  return round(machines * churnGiBPerDay * daysInMonth);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
