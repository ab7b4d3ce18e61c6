// Runs the test suite on every Node version that lifeboat promises: `npm run test:nodes [-- 22 24]`.
// The `node` package on npm carries the binaries, so nothing is installed by hand.
import { spawnSync } from 'node:child_process';

const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24'];
const failed = [];
for (const version of versions) {
  console.log(`\n== Node ${version} ==`);
  const script =
    'node --version && node node_modules/typescript/bin/tsc -p tsconfig.build.json && node node_modules/jest/bin/jest.js';
  const run = spawnSync('npx', ['--yes', '--package', `node@${version}`, '--', 'sh', '-c', script], {
    stdio: 'inherit',
  });
  if (run.status !== 0) failed.push(version);
}
console.log(
  failed.length === 0 ? `\nPassed on Node ${versions.join(', ')}.` : `\nFailed on Node ${failed.join(', ')}.`,
);
process.exit(failed.length === 0 ? 0 : 1);
