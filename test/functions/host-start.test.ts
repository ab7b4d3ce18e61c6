import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startHostProcess } from '../../local/host/process/start-host-process';
import { type AppFolder, hostEntryFile, makeApp, sampleApp } from '../support/host/app-folder';
import { listeningAddresses } from '../support/host/listening-addresses';
import { readOverTls, selfSigned } from '../support/host/self-signed';
import { eventually, startTestHost, type TestHost } from '../support/host/test-host';

const folders: AppFolder[] = [];
const hosts: TestHost[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.kill()));
  folders.splice(0).forEach((folder) => folder.remove());
});

function kept(folder: AppFolder): AppFolder {
  folders.push(folder);
  return folder;
}

async function started(...parameters: Parameters<typeof startTestHost>): Promise<TestHost> {
  const host = await startTestHost(...parameters);
  hosts.push(host);
  return host;
}

const says = (host: TestHost, words: string): Promise<unknown> =>
  eventually(
    () => host.logs,
    (lines) => lines.some((line) => line.includes(words)),
  );

const hostFile = { version: '2.0' };
const registering = (name: string, options = '') =>
  `require('@azure/functions').app.http('${name}', { authLevel: 'anonymous', ${options} handler: () => ({ body: '${name}' }) });`;

describe('the host does not start', () => {
  const refusal = async (files: Record<string, string | object>): Promise<string> =>
    startTestHost(kept(makeApp(files))).then(
      () => 'started',
      (error: Error) => error.message,
    );

  it.each([
    ['without package.json', {}, 'package.json: cannot be read'],
    ['when package.json is not JSON', { 'package.json': '{' }, 'package.json: is not JSON'],
    ['without main', { 'package.json': {} }, 'package.json: main must be a file or a glob'],
    [
      'when main matches nothing',
      { 'package.json': { main: 'dist/*.js' } },
      'package.json: main "dist/*.js" matches no file',
    ],
    [
      'when a file of main throws',
      { 'package.json': { main: 'a.js' }, 'a.js': "throw new Error('broken at birth')" },
      'a.js: the entry point could not be loaded. Error: broken at birth',
    ],
    [
      'when the app registers nothing',
      { 'package.json': { main: 'a.js' }, 'a.js': '' },
      'registered no function',
    ],
    [
      'when two functions have one name',
      { 'package.json': { main: '*.js' }, 'a.js': registering('twice'), 'b.js': registering('Twice') },
      "b.js: the function name 'Twice' is already taken by a.js",
    ],
    [
      'when the app wants HTTP streams',
      {
        'package.json': { main: 'a.js' },
        'a.js': `${registering('a')} require('@azure/functions').app.setup({ enableHttpStream: true });`,
      },
      'enableHttpStream is not supported',
    ],
  ])('%s', async (_, files, reason) => {
    expect(await refusal({ 'host.json': hostFile, ...files })).toContain(reason);
  });

  it.each([
    ['host.json', undefined, 'host.json: is missing'],
    ['host.json', '{"version":"2.0","functionTimeout":5}', 'host.json: functionTimeout'],
    ['local.settings.json', '{"Values":{"A":[]}}', 'local.settings.json: Values.A'],
  ])('with a bad %s', async (name, text, reason) => {
    const files = { 'package.json': { main: 'a.js' }, 'a.js': registering('a'), 'host.json': hostFile };
    const { [name as 'host.json']: _, ...others } = files;
    expect(await refusal(text === undefined ? others : { ...files, [name]: text })).toContain(reason);
  });

  it('on a data folder that another host uses, and says so', async () => {
    const folder = kept(sampleApp('{http,seen}'));
    await started(folder);
    await expect(startTestHost(folder)).rejects.toThrow(
      `Another host is already running on the data folder ${folder.data}. A data folder belongs to one host at a time`,
    );
  });

  it('on a port that is taken, and names port and option', async () => {
    const first = await started(kept(sampleApp('{http,seen}')));
    await expect(startTestHost(kept(sampleApp('{http,seen}')), { port: first.port })).rejects.toThrow(
      `Port ${first.port} is already in use. Choose another with --port.`,
    );
  });

  it.each([
    [['--port', 'x'], '--port: "x" is not a whole number'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--https-port', '1'], '--https-port, --cert and --key belong together'],
    [['--before-settle', 'ftp://x'], '--before-settle: "ftp://x" is no http address'],
    [['--log-level', 'loud'], '--log-level: "loud" must be one of'],
  ])('with the arguments %j', (parameters, reason) => {
    const run = (): unknown =>
      execFileSync(process.execPath, [hostEntryFile, '--data', '/nonexistent', ...parameters], {
        stdio: 'pipe',
      });
    expect(run).toThrow(reason);
  });
});

describe('a function in error', () => {
  const broken = (code: string): string => `require('@azure/functions').app.${code};`;
  const handler = 'handler: () => {} }';
  const bad: readonly (readonly [name: string, code: string, reason: string])[] = [
    ['template', registering('template', "route: 'a//b',"), 'has an empty segment'],
    ['reserved', registering('reserved', "route: 'admin/x',"), 'must not start with "admin" or "runtime"'],
    [
      'schedule',
      broken(`timer('schedule', { schedule: 'whenever', ${handler})`),
      'schedule "whenever": expected 6 fields',
    ],
    [
      'setting',
      broken(`timer('setting', { schedule: '%UNSET%', ${handler})`),
      'schedule: %UNSET% does not resolve',
    ],
    [
      'connection',
      broken(`serviceBusQueue('connection', { connection: 'UNSET', queueName: 'q', ${handler})`),
      'connection: the connection setting UNSET is missing or empty',
    ],
    [
      'blob',
      broken(`storageBlob('blob', { connection: 'C', path: 'p', ${handler})`),
      'the trigger blobTrigger is not supported',
    ],
    [
      'taken',
      registering('taken', "route: 'good',"),
      `route "good": already used by function 'good' for GET`,
    ],
  ];

  it('is named with its file and key, and the others run', async () => {
    const files = Object.fromEntries(bad.map(([name, code]) => [`${name}.js`, code]));
    const host = await started(
      kept(
        makeApp({
          'package.json': { main: '*.js' },
          'host.json': { ...hostFile, extensions: { http: { routePrefix: '' } } },
          'good.js': registering('good'),
          ...files,
        }),
      ),
    );
    expect(await (await host.get('/good')).text()).toBe('good');
    for (const [name, , reason] of bad) {
      const line = host.logs.find((one) => one.includes(`The '${name}' function is in error: ${name}.js: `));
      expect(line).toContain(reason);
    }
  });
});

describe('the host', () => {
  it('matches routes in the order of names, whatever the order of registration', async () => {
    const folder = kept(
      makeApp({
        'package.json': { main: 'app.js' },
        'host.json': { ...hostFile, extensions: { http: { routePrefix: '/api/v1/' } } },
        'app.js': registering('zeta', "route: 'x',") + registering('Alpha', "route: '{*rest}',"),
      }),
    );
    const host = await started(folder);
    expect(await (await host.get('/api/v1/x')).text()).toBe('Alpha');
  });

  it('loads an app of ES modules', async () => {
    const folder = kept(
      makeApp({
        'package.json': { main: 'app.js', type: 'module' },
        'host.json': hostFile,
        'app.js':
          "import { app } from '@azure/functions';\napp.http('esm', { handler: () => ({ body: import.meta.url.slice(0, 4) }) });",
      }),
    );
    const host = await started(folder);
    expect(await (await host.get('/api/esm')).text()).toBe('file');
  });

  it('leaves out a disabled function', async () => {
    const host = await started(kept(sampleApp('{http,seen}')), {
      environment: { 'AzureWebJobs.teapot.Disabled': 'true' },
    });
    expect((await host.get('/api/teapot')).status).toBe(404);
  });

  it('gives the app the values of local.settings.json, but the real environment wins', async () => {
    const folder = kept(
      makeApp({
        'package.json': { main: 'app.js' },
        'host.json': hostFile,
        'local.settings.json': { Values: { FROM_FILE: 'file', FROM_BOTH: 'file' } },
        'app.js':
          "require('@azure/functions').app.http('env', { handler: () => ({ jsonBody: [process.env.FROM_FILE, process.env.FROM_BOTH, process.env.WEBSITE_HOSTNAME] }) });",
      }),
    );
    const host = await started(folder, { environment: { FROM_BOTH: 'environment' } });
    expect(await host.json('/api/env')).toEqual(['file', 'environment', `127.0.0.1:${host.port}`]);
  });

  it('keeps its keys over a restart', async () => {
    const folder = kept(sampleApp('{http,seen}'));
    await (await started(folder)).stop();
    const before = readFileSync(path.join(folder.data, 'keys.json'), 'utf8');
    await started(folder);
    expect(readFileSync(path.join(folder.data, 'keys.json'), 'utf8')).toBe(before);
  });

  it('listens on 127.0.0.1 only', async () => {
    const host = await started(kept(sampleApp('{http,seen}')));
    const addresses = listeningAddresses(host.pid);
    expect(addresses).toEqual([`0100007F:${host.port.toString(16).toUpperCase().padStart(4, '0')}`]);
  });

  it('answers over HTTPS on a second port', async () => {
    const folder = kept(sampleApp('{http,seen}'));
    const { certificateFile, privateKeyFile } = await selfSigned(folder.app);
    const host = await started(folder, { https: { port: 0, certificateFile, privateKeyFile } });
    const seen = await readOverTls(`https://127.0.0.1:${host.httpsPort}/api/echo/tls`, certificateFile);
    expect(JSON.parse(seen)).toMatchObject({ url: `https://127.0.0.1:${host.httpsPort}/api/echo/tls` });
  });

  it('writes nothing while nothing happens', async () => {
    const host = await started(kept(sampleApp('{http,seen}')));
    // Its last word of its start may be on its way still.
    await says(host, 'Host listening on');
    const before = host.logs.length;
    await host.get('/admin/host/ping');
    expect(host.logs.slice(before)).toEqual([]);
  });

  it('lets the log level be chosen', async () => {
    const host = await started(kept(sampleApp('{http,seen}')), { logLevel: 'error' });
    await host.get('/api/defaultName');
    await host.get('/api/throwing');
    await says(host, 'this one throws');
    expect(host.logs.join('\n')).not.toContain("defaultName' (");
  });
});

describe('the host process', () => {
  it('lets a running function end when it is stopped', async () => {
    const host = await started(kept(sampleApp('{http,seen}')));
    const answer = host.get('/api/slow?ms=600');
    await says(host, "Executing 'Functions.slow'");
    await host.stop();
    expect(await (await answer).text()).toBe('slow');
    expect(await host.exited).toEqual({ code: 0, signal: null });
  });

  it('ends with exit code 1 at an error that nobody catches', async () => {
    const host = await started(kept(sampleApp('{http,seen}')));
    await host.get('/api/crash').catch(() => undefined);
    expect(await host.exited).toEqual({ code: 1, signal: null });
    expect(host.logs.join('\n')).toContain('nobody catches this');
  });

  it('is started again by its supervisor on the same port, after a crash and after a kill', async () => {
    const host = await started(kept(sampleApp('{http,seen}')), { isSupervised: true });
    const first = host.pid;
    await host.get('/api/crash').catch(() => undefined);
    const second = await eventually(
      () => host.pid,
      (pid) => pid !== first,
    );
    process.kill(second, 'SIGKILL');
    await eventually(
      () => host.pid,
      (pid) => pid !== second,
    );
    expect((await host.get('/api/defaultName')).status).toBe(200);
    await host.stop();
    expect(await host.exited).toEqual({ code: 0, signal: null });
    expect(host.logs.filter((line) => line.includes('Starting it again in'))).toHaveLength(2);
  });

  it('is not started again when it refused to start', async () => {
    const folder = kept(makeApp({ 'host.json': hostFile }));
    await expect(
      startHostProcess({
        appFolder: folder.app,
        dataFolder: folder.data,
        port: 0,
        entryFile: hostEntryFile,
        isSupervised: true,
      }),
    ).rejects.toThrow('exit code 2');
  });

  it('ends when a function outlives functionTimeout, and says which', async () => {
    const host = await started(kept(sampleApp('{http,seen}', { functionTimeout: '00:00:00.200' })));
    await host.get('/api/slow?ms=20000').catch(() => undefined);
    expect(await host.exited).toEqual({ code: 1, signal: null });
    expect(host.logs.join('\n')).toContain("exceeded by function 'Functions.slow'");
  });
});

describe('the sample app', () => {
  it('holds no reference to local/ in its compiled form', () => {
    const compiled = path.resolve(__dirname, '../../dist/sample-app/functions');
    const files = readdirSync(compiled).filter((name) => name.endsWith('.js'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files)
      expect(readFileSync(path.join(compiled, file), 'utf8')).not.toMatch(/local\/|\/local/);
  });
});
