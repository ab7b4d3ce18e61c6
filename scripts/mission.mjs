// Prints every row of docs/mission.md with the tests that carry its id and how they ended: `npm run mission`.
// With --last <file> it reads a result that `jest --json --outputFile=<file>` wrote instead of running the tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rows = [
  ...readFileSync(new URL('../docs/mission.md', import.meta.url), 'utf8').matchAll(
    /^\| ([A-FX]\d+) \| (.*) \|$/gm,
  ),
].map(([, id, text]) => ({ id, text }));

function results() {
  const given = process.argv.indexOf('--last');
  if (given > 0) return JSON.parse(readFileSync(process.argv[given + 1], 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-mission-'));
  const file = join(folder, 'results.json');
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${file}`,
    '--testNamePattern',
    '(^|\\s)[A-FX]\\d+(\\s|,|:)',
  ];
  spawnSync(process.execPath, jest, { stdio: ['ignore', 'ignore', 'inherit'] });
  const read = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  return read;
}

const tests = results()
  .testResults.flatMap((suite) => suite.assertionResults)
  .filter((test) => test.status !== 'pending');
const none = [];
for (const { id, text } of rows) {
  const named = tests.filter((test) => new RegExp(`(^|[\\s,(])${id}([\\s,:)]|$)`).test(test.fullName));
  const failed = named.filter((test) => test.status !== 'passed');
  if (named.length === 0) none.push(id);
  const result =
    named.length === 0
      ? 'no test'
      : failed.length === 0
        ? `passed (${named.length})`
        : `FAILED (${failed.length} of ${named.length})`;
  console.log(`${id.padEnd(4)} ${result.padEnd(14)} ${text}`);
  for (const test of named) console.log(`     ${test.status === 'passed' ? '+' : '-'} ${test.fullName}`);
}
console.log(
  `\n${rows.length - none.length} of ${rows.length} rows have a test${none.length > 0 ? `; none yet: ${none.join(', ')}` : ''}.`,
);
