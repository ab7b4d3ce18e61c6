import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startHostProcess } from '../../../local/host';

/** Loads an app beside a core that writes down what is registered with it, as the worker's would. */
const loader = `
  const { Module } = require('node:module');
  const names = [];
  const core = {
    version: '1.0.0', hostVersion: '4.0.0', setProgrammingModel() {}, log() {}, getProgrammingModel() {},
    registerFunction: ({ name }) => names.push(name), registerHook: () => ({ dispose() {} }),
  };
  const load = Module._load;
  Module._load = (id, ...rest) => (id === '@azure/functions-core' ? core : load(id, ...rest));
  require(process.argv[1]);
  process.stdout.write(JSON.stringify(names), () => process.exit(0));
`;

const environment = { ...process.env, NODE_PATH: resolve('node_modules') };
let folder: string;

function bundle(...options: string[]) {
  const script = ['scripts/bundle.mjs', '--folder', folder, '--no-install', ...options];
  return spawnSync(process.execPath, script, { encoding: 'utf8', timeout: 120_000 });
}

const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
  expect(bundle()).toMatchObject({ status: 0 });
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the deployed package', () => {
  it('registers every function of the app when it is loaded, and keeps to 8 MiB', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', loader, join(folder, 'main.js')], {
      ...{ encoding: 'utf8', env: environment, timeout: 60_000 },
    });
    expect(stderr).toBe('');
    const sources = readdirSync('functions').map((name) => readFileSync(join('functions', name), 'utf8'));
    const named = sources.flatMap((text) =>
      [...text.matchAll(/\bapp\s*\.(?!hook)\w+\(\s*'(\w+)'/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(4);
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining(named));
    expect(statSync(join(folder, 'main.js')).size).toBeLessThan(8 * 1024 ** 2);
  });

  it('serves the page from what lies in it, every file', async () => {
    const { Values } = JSON.parse(readFileSync('local.settings.sample.json', 'utf8'));
    delete Values.NODE_EXTRA_CA_CERTS;
    const nowhere = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=AA==';
    const dataFolder = mkdtempSync(join(tmpdir(), 'package-data-'));
    const host = await startHostProcess({
      ...{ appFolder: folder, dataFolder, port: 0, logLevel: 'error', ignoreKeys: true },
      entryFile: resolve('dist/local/host/main.js'),
      environment: { ...Values, ...environment, SERVICE_BUS: `${nowhere};UseDevelopmentEmulator=true` },
    });
    try {
      for (const name of readdirSync('shared/ui/assets')) {
        const response = await fetch(`http://127.0.0.1:${host.port}/ui/${name}`);
        expect({ name, body: await response.text() }).toEqual({
          name,
          body: readFileSync(join('shared/ui/assets', name), 'utf8'),
        });
      }
    } finally {
      await host.stop();
      rmSync(dataFolder, { recursive: true, maxRetries: 3 });
    }
  });

  it('keeps orchestrations with the scheduler, and brings the one native module', () => {
    const provider = json('host.json').extensions.durableTask.storageProvider;
    expect(provider).toEqual({
      type: 'azureManaged',
      connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
    });
    expect(json('package.json').dependencies).toEqual({ 'lz4-napi': expect.stringMatching(/^\d/) });
  });

  it('is not made for a store of orchestrations that nobody knows', () => {
    expect(bundle('--durable', 'memory')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('scheduler'),
    });
  });
});
