/**
 * npm run bench:control -- --sizes 10,100,1000: how many machines are protected in a minute, and what one costs while nothing is
 * written. The services, the engine and the face are the real ones; what they stand on is in memory, and every call is counted.
 */
import { parseArgs } from 'node:util';
import { type Measured, measureItems } from './measure-items';
import {
  awakeDollarsPerMonth,
  awakeInstance,
  dollarsPerMillion,
  dollarsPerMonth,
  operations,
} from './prices';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: 'string', default: '10,100,1000' } } });
  const measured: Measured[] = [];
  for (const size of values.sizes.split(',')) measured.push(await measureItems(Number(size)));
  const sizes = measured.map(({ items }) => `${items} items`);
  const ratioOf = (of: (each: Measured) => number): string => {
    const first = measured[0];
    return measured.map((each) => (of(each) / (first === undefined ? 1 : of(first))).toFixed(2)).join(' | ');
  };
  const row = (name: string, of: (each: Measured) => number, digits = 1): void =>
    console.log(
      `| ${name} | ${measured.map((each) => of(each).toFixed(digits)).join(' | ')} | ${ratioOf(of)} |`,
    );
  console.log(
    `| of one item | ${sizes.join(' | ')} | ${sizes.map((size) => `${size}, of the first`).join(' | ')} |`,
  );
  console.log(`|---${'|---'.repeat(2 * measured.length)}|`);
  row('enabled in a minute', ({ enabledPerMinute }) => enabledPerMinute, 0);
  for (const name of operations) row(`${name} in an hour`, ({ perItem }) => perItem[name]);
  row('US dollars a month', ({ perItem }) => dollarsPerMonth(perItem), 3);
  console.log('\nat US dollars for a million of each:');
  for (const name of operations) console.log(`  ${name}: ${dollarsPerMillion[name]}`);
  const awake = awakeDollarsPerMonth().toFixed(2);
  console.log(
    `and once for all items $${awake} a month: agents wait for answers, so that an instance of ${awakeInstance.memoryGigabytes} GB never sleeps.`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
