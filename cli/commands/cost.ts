import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { type Estate, monthlyCost, monthlyTransferGiB, total } from '../cost/monthly-cost';
import { listPrices, Prices } from '../cost/prices';
import { usage } from '../failure';
import type { Column } from '../output/table';
import type { StartSession } from '../program';
import { amount as count } from './job-options';

interface CostOptions {
  readonly machines: number;
  readonly gib: number;
  readonly churn: number;
  readonly disks: number;
  readonly retention: number;
  readonly interval: number;
  readonly testHours: number;
  readonly prices?: string;
}

const columns: readonly Column[] = [
  { title: 'WHAT', field: 'what' },
  { title: 'AMOUNT', field: 'amount' },
  { title: 'UNIT', field: 'unit' },
  { title: 'USD A MONTH', field: 'dollars' },
];

/** What protection costs in a month. Needs no service: it is arithmetic. */
export function costCommand(program: Command, start: StartSession): void {
  program
    .command('cost')
    .description('estimate what protection costs in a month, beside Site Recovery’s fee')
    .option('--machines <count>', 'how many', count, 10)
    .option('--gib <size>', 'GiB that a machine’s disks hold', count, 64)
    .option('--churn <size>', 'GiB that a machine writes in a day', count, 2)
    .option('--disks <count>', 'disks of a machine', count, 1)
    .option('--retention <hours>', 'how long recovery points are kept', count, 24)
    .option('--interval <seconds>', 'between two change logs of a disk', count, 30)
    .option('--test-hours <hours>', 'hours of test failover of each machine in a month', count, 1)
    .option('--prices <file>', 'JSON with other prices; --query prices -o json shows the names')
    .action(async (options: CostOptions, command: Command) => {
      const session = start(command);
      if (options.interval === 0) throw usage('The interval is at least a part of a second.');
      const prices = await pricesFrom(options.prices);
      const estate: Estate = {
        machines: options.machines,
        usedGiB: options.gib,
        churnGiBPerDay: options.churn,
        disksPerMachine: options.disks,
        retentionHours: options.retention,
        sealIntervalInSeconds: options.interval,
        testHours: options.testHours,
      };
      const lines = monthlyCost(estate, prices);
      const sum = total(lines);
      if ((session.options.output ?? 'table') === 'table' && session.options.query === undefined) {
        const last = { what: 'together', amount: null, unit: null, dollars: sum };
        await session.print([...lines, last], columns);
      } else {
        await session.print({
          lines,
          totalDollars: sum,
          dollarsPerMachine: estate.machines === 0 ? 0 : Math.round((sum / estate.machines) * 100) / 100,
          siteRecoveryFeeDollars: estate.machines * prices.siteRecoveryMachine,
          transferGiB: monthlyTransferGiB(estate),
          prices,
        });
      }
      session.tell(
        `Site Recovery’s fee alone: ${estate.machines * prices.siteRecoveryMachine} USD. ` +
          'An estimate from round list prices: check them for your region.',
      );
    });
}

async function pricesFrom(file: string | undefined): Promise<Prices> {
  if (file === undefined) return listPrices;
  try {
    const given: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Prices.parse({ ...listPrices, ...Prices.partial().parse(given) });
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error);
    throw usage(`The prices cannot be read: ${reason}`);
  }
}
