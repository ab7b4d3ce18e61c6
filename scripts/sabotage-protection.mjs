// `npm run sabotage:protection [-- words]`: each bug of one line must turn the test of its row red; prints which does.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const usual = require('../jest.config.cjs');
const root = new URL('..', import.meta.url).pathname;
const [words = ''] = process.argv.slice(2);

const { outputFiles } = await build({
  entryPoints: [`${root}test/unit/protection/sabotages.ts`],
  ...{ bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'error' },
});
const table = { exports: {} };
new Function('module', 'exports', outputFiles[0].text)(table, table.exports);

function run(sabotage) {
  const [[pattern, [, options]]] = Object.entries(usual.transform);
  const transform = { [pattern]: ['<rootDir>/scripts/sabotaging-transform.cjs', { ...options, sabotage }] };
  const { stdout } = spawnSync(
    process.execPath,
    [
      `${root}node_modules/jest/bin/jest.js`,
      ...['--config', JSON.stringify({ ...usual, rootDir: root, transform })],
      ...['--json', '--silent', '--runInBand', '--runTestsByPath', sabotage.test, '-t', sabotage.title],
    ],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout);
}

let escaped = 0;
const chosen = table.exports.protectionSabotages.filter(({ name, title }) =>
  `${title} ${name}`.includes(words),
);
for (const sabotage of chosen) {
  const { numFailedTests, numPassedTests, numRuntimeErrorTestSuites } = run(sabotage);
  const isCaught = numFailedTests > 0 && numRuntimeErrorTestSuites === 0;
  if (!isCaught) escaped += 1;
  const said = isCaught ? 'caught' : `NOT CAUGHT (${numPassedTests} passed)`;
  console.log(`${said.padEnd(24)} ${sabotage.title.padEnd(24)} ${sabotage.name}`);
}
console.log(`${chosen.length} bugs, ${escaped} not caught`);
process.exitCode = escaped > 0 ? 1 : 0;
