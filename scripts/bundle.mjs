// Writes the package that is deployed to dist/package: `npm run bundle [-- --durable storage]`. One file holds the whole
// app; host.json gets the overlay of the durable backend; the one native module is named for npm to bring.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const native = 'lz4-napi';
const { values } = parseArgs({
  options: {
    durable: { type: 'string', default: process.env.LIFEBOAT_DURABLE_BACKEND ?? 'scheduler' },
    folder: { type: 'string', default: 'dist/package' },
    'no-install': { type: 'boolean', default: false },
  },
});
const { durable: backend, folder } = values;
if (backend !== 'scheduler' && backend !== 'storage') {
  console.error('--durable takes scheduler or storage');
  process.exit(2);
}

// Every file of functions/ registers itself when it is loaded, as the glob in package.json's "main" has it unbundled.
const triggers = readdirSync('functions')
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .map((name) => `import './functions/${name}';`)
  .join('\n');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { metafile } = await build({
  stdin: { contents: triggers, resolveDir: process.cwd() },
  outfile: join(folder, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  keepNames: true,
  sourcemap: false,
  metafile: true,
  logLevel: 'error',
  // The host brings the first by itself; the second is a native module.
  external: ['@azure/functions-core', native],
  // Some packages ask where they are, as ES modules do; in one CommonJS file that is this file.
  banner: { js: "const whereThisIs = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'whereThisIs' },
});

// The page is not compiled: it goes along as it is, to where the app looks for it beside itself.
cpSync(join('shared', 'ui', 'assets'), join(folder, 'assets'), { recursive: true });

const { version, dependencies, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
write('package.json', {
  name: 'lifeboat',
  version,
  private: true,
  main: 'main.js',
  engines,
  dependencies: { [native]: dependencies[native] },
});
const host = JSON.parse(readFileSync('host.json', 'utf8'));
if (backend === 'scheduler') {
  const overlay = JSON.parse(readFileSync('infra/host/scheduler.json', 'utf8'));
  Object.assign(host.extensions.durableTask, overlay.extensions.durableTask);
}
write('host.json', host);
// The cloud runs Linux on x64, whatever this machine is.
writeFileSync(
  join(folder, '.npmrc'),
  'os=linux\ncpu=x64\nlibc=glibc\nsave-exact=true\nfund=false\naudit=false\n',
);
const installed = values['no-install']
  ? { status: 0 }
  : spawnSync('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-package-lock', '--silent'], {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
const [output] = Object.values(metafile.outputs);
console.log(
  `${folder}: main.js ${Math.round((output?.bytes ?? 0) / 1024)} KiB, orchestrations kept by: ${backend}`,
);
process.exitCode = installed.status ?? 1;

function write(name, value) {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
