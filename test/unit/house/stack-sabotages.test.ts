import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackSabotages } from '../../scenario/sabotages';

const root = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const numbered = (letter: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);

/** What the mission says of protection, row by row. */
const rowsOfProtection = [
  ...[...numbered('A', 2, 8), 'B8', 'B9', 'B11', 'C1', 'D3', ...numbered('D', 5, 17)],
  ...['F3', 'F4', ...numbered('X', 6, 10)],
];

const titles = readdirSync(join(root, 'test/scenario'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...read(`test/scenario/${name}`).matchAll(/^it\('([^']*)'/gm)])
  .map(([, title = '']) => title);
const idsOf = (title: string): string[] => title.split(/[ :]+/);

describe('each sabotage of the whole stack, all of which `npm run sabotage:stack` shows caught,', () => {
  it.each(stackSabotages)('changes a line that stands once: $name', ({ file, text }) => {
    expect(read(file).split(text)).toHaveLength(2);
  });

  it.each(stackSabotages)('names a test that is there: $name', ({ test, title }) => {
    expect(read(test)).toContain(`'${title}`);
  });
});

describe('each row of protection', () => {
  it.each(rowsOfProtection)('has a test on the whole stack that carries its id: %s', (row) => {
    expect(titles.filter((title) => idsOf(title).includes(row))).not.toEqual([]);
  });

  it.each(rowsOfProtection)('has a bug that its own test is to catch: %s', (row) => {
    const own = stackSabotages.filter(({ name }) => name.startsWith(`${row}: `));
    expect(own).not.toEqual([]);
    for (const { title } of own) {
      const [whole = ''] = titles.filter((each) => each.startsWith(title));
      expect(idsOf(whole)).toContain(row);
    }
  });
});
