import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackSabotages } from '../../scenario/sabotages';

const read = (path: string): string => readFileSync(join(__dirname, '../../..', path), 'utf8');

describe('each sabotage of the whole stack, all of which `npm run sabotage:stack` shows caught,', () => {
  it.each(stackSabotages)('changes a line that stands once: $name', ({ file, text }) => {
    expect(read(file).split(text)).toHaveLength(2);
  });

  it.each(stackSabotages)('names a test that is there: $name', ({ test, title }) => {
    expect(read(test)).toContain(`'${title}`);
  });
});
