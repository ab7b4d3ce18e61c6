// Bundles one TypeScript file in memory and runs it: `node scripts/run-typescript.mjs <file> [arguments]`. For the
// simulation and its sabotage, which need no compiled tree.
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const [entry, ...rest] = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: [entry],
  ...{ bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'error' },
  packages: 'external',
});
process.argv = [process.argv[0], entry, ...rest];
const require = createRequire(new URL('../package.json', import.meta.url));
const loaded = { exports: {} };
new Function('require', 'module', 'exports', outputFiles[0].text)(require, loaded, loaded.exports);
