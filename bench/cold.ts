/** What a cold start costs: the deployed package (`npm run bundle`) beside the same app unbundled, in turns, in one run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHostProcess } from '../local/host';

const repository = path.resolve(__dirname, '../..');
const apps = {
  bundled: { folder: path.join(repository, 'dist/package'), files: ['main.js'] },
  unbundled: { folder: repository, files: triggers() },
} as const;
type AppName = keyof typeof apps;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);

/** Loads the files it is given and says how long it took, how many files that were, and how large they are. */
const loader = `
  const { statSync } = require('node:fs');
  const started = performance.now();
  for (const file of process.argv.slice(1)) require(file);
  const inMs = performance.now() - started;
  const files = Object.keys(require.cache);
  const bytes = files.reduce((total, file) => total + statSync(file).size, 0);
  process.stdout.write(JSON.stringify({ inMs, files: files.length, bytes }), () => process.exit(0));
`;

interface Loaded {
  readonly inMs: number;
  readonly files: number;
  readonly bytes: number;
}

function triggers(): string[] {
  return readdirSync(path.join(repository, 'functions'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `dist/functions/${name.replace('.ts', '.js')}`);
}

function load({ folder, files }: (typeof apps)[AppName]): Loaded {
  const paths = files.map((file) => path.join(folder, file));
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', loader, ...paths], { encoding: 'utf8' });
  if (stdout === '') throw new Error(`the app cannot be loaded: ${stderr}`);
  return JSON.parse(stdout) as Loaded;
}

/** From the start of a host to the first answer of the app, which needs every module and the wiring. */
async function firstAnswer({ folder }: (typeof apps)[AppName]): Promise<number> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'cold-'));
  const started = performance.now();
  const host = await startHostProcess({
    ...{ appFolder: folder, dataFolder, port: 0, logLevel: 'error', ignoreKeys: true },
    environment: settings(),
  });
  try {
    const response = await fetch(`http://127.0.0.1:${host.port}/api/health`);
    if (response.status !== 200)
      throw new Error(`the app answered ${response.status}: ${await response.text()}`);
    return performance.now() - started;
  } finally {
    await host.stop();
    rmSync(dataFolder, { recursive: true, maxRetries: 3 });
  }
}

/** The sample's, without the broker: nothing listens there, and the host goes on. */
function settings(): Record<string, string> {
  const file = readFileSync(path.join(repository, 'local.settings.sample.json'), 'utf8');
  const { Values } = JSON.parse(file) as { Values: Record<string, string> };
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = Values;
  const nowhere =
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=AA==;UseDevelopmentEmulator=true';
  return { ...rest, SERVICE_BUS: nowhere };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

function row(what: string, unit: string, { bundled, unbundled }: Record<AppName, number>): void {
  const ratio = (bundled / unbundled).toFixed(2);
  console.log(`| ${what} | ${bundled.toFixed(0)} ${unit} | ${unbundled.toFixed(0)} ${unit} | ${ratio} |`);
}

async function main(): Promise<void> {
  const loads = { bundled: [] as Loaded[], unbundled: [] as Loaded[] };
  const answers = { bundled: [] as number[], unbundled: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const name of ['bundled', 'unbundled'] as const) {
      loads[name].push(load(apps[name]));
      answers[name].push(await firstAnswer(apps[name]));
    }
  }
  const of = (value: (name: AppName) => number): Record<AppName, number> => ({
    bundled: value('bundled'),
    unbundled: value('unbundled'),
  });
  console.log(`Medians of ${rounds} rounds, in turns, on Node ${process.version}.\n`);
  console.log('| | bundled | unbundled | ratio |\n|---|---|---|---|');
  row(
    'files loaded',
    '',
    of((name) => loads[name][0]?.files ?? NaN),
  );
  row(
    'their size',
    'KiB',
    of((name) => (loads[name][0]?.bytes ?? NaN) / 1024),
  );
  row(
    'loading the modules',
    'ms',
    of((name) => median(loads[name].map(({ inMs }) => inMs))),
  );
  row(
    'start of a host to first answer',
    'ms',
    of((name) => median(answers[name])),
  );
}

void main();
