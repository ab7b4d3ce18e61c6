import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { protectionSabotages } from './sabotages';

const read = (path: string): string => readFileSync(join(__dirname, '../../..', path), 'utf8');

describe('each sabotage of protection, all of which `npm run sabotage:protection` shows caught,', () => {
  it.each(protectionSabotages)('changes a line that stands once: $name', ({ file, text }) => {
    expect(read(file).split(text)).toHaveLength(2);
  });

  it.each(protectionSabotages)('names a test that is there: $name', ({ test, title }) => {
    expect(read(test)).toContain(`'${title}`);
  });
});
