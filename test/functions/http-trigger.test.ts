import http from 'node:http';
import net from 'node:net';
import { type AppFolder, sampleApp } from '../support/host/app-folder';
import { startTestHost, type TestHost } from '../support/host/test-host';
import { readKeys } from '../support/host/read-keys';

let folder: AppFolder;
let host: TestHost;

beforeAll(async () => {
  folder = sampleApp('{http,hooks,seen}');
  host = await startTestHost(folder, { maxBodyBytes: 100_000 });
});
afterAll(async () => {
  await host.stop();
  folder.remove();
});

interface Echo {
  readonly user: unknown;
  readonly headers: Record<string, string>;
}
const echo = async (path: string, init?: RequestInit): Promise<Echo> =>
  (await host.json(`/api/echo/${path}`, init)) as Echo;

describe('an HTTP function', () => {
  it('gets method, address, query, parameters, headers and body as they were sent', async () => {
    const seen = await echo('a%20b/c%2Fd/?x=1&x=2&%C3%A4=%26', {
      method: 'PATCH',
      body: 'körper',
      headers: { 'X-Own': 'Value' },
    });
    expect(seen).toMatchObject({
      method: 'PATCH',
      url: `${host.origin}/api/echo/a%20b/c%2Fd/?x=1&x=2&%C3%A4=%26`,
      query: { x: '1,2', ä: '&' },
      params: { path: 'a b/c%2Fd/' },
      body: 'körper',
    });
    expect(seen.headers).toMatchObject({ 'x-own': 'Value', 'content-type': 'text/plain;charset=UTF-8' });
  });

  it('gets a chunked body too', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('one,'));
        controller.enqueue(new TextEncoder().encode('two'));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
    expect(await echo('chunked', init)).toMatchObject({ body: 'one,two' });
  });

  it('never sees an identity that the caller made up', async () => {
    const principal = Buffer.from('{"claims":[]}').toString('base64');
    const seen = await echo('x', {
      headers: {
        'x-ms-client-principal': principal,
        'x-ms-client-principal-id': 'i',
        'x-ms-client-principal-name': 'n',
      },
    });
    expect(seen.user).toBeNull();
    expect(Object.keys(seen.headers)).not.toContain('x-ms-client-principal-name');
  });

  it('answers with status, headers, cookies and bytes', async () => {
    const response = await host.get('/api/teapot');
    expect(response.status).toBe(418);
    expect(response.headers.get('x-teapot')).toBe('short');
    expect(response.headers.getSetCookie()).toEqual([
      'first=a%20b; max-age=60; path=/; secure; httponly; samesite=strict',
      'second=2; expires=Fri, 02 Jan 1970 00:00:00 GMT; path=/tea; samesite=none',
    ]);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2, 255]);
  });

  it.each([
    ['nothing', 204],
    ['notAnObject', 500],
    ['throwing', 500],
    ['defaultName', 200],
    ['items/5', 200],
    ['items/five', 404],
    ['missing', 404],
    ['', 404],
  ])('/api/%s answers %d', async (path, status) => {
    expect((await host.get(`/api/${path}`)).status).toBe(status);
  });

  it('answers 404, not 405, for a method it does not take', async () => {
    expect((await host.get('/api/items/5', { method: 'POST' })).status).toBe(404);
  });

  it('keeps its failure to the log', async () => {
    const response = await host.get('/api/throwing');
    expect(await response.text()).toBe('');
    const log = host.logs.join('\n');
    expect(log).toMatch(
      /Executing 'Functions\.throwing' \(Reason='This function was programmatically called via the host APIs\.', Id=[0-9a-f-]{36}\)/,
    );
    expect(log).toMatch(
      /error: Executed 'Functions\.throwing' \(Failed, Id=[0-9a-f-]{36}, Duration=\d+ms\)\nError: this one throws/,
    );
    expect(log).not.toContain('azure-functions.js');
  });

  it('runs through the hooks of the app', async () => {
    expect(await (await host.get('/api/hooked')).text()).toBe('hooked: replaced by the hook');
    expect(await host.json('/api/seen/postInvocation')).toEqual([{ marked: true }]);
    expect(await host.json('/api/seen/appStart')).toEqual([[]]);
  });
});

describe('a guarded HTTP function', () => {
  const call = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await host.get(`/api/${path}`, { headers })).status;

  it('takes its own key, a host key and the master key, in the header or in the query', async () => {
    const keys = readKeys(folder.data);
    const own = keys.functionKeys['guarded']?.['default'] ?? '';
    for (const key of [own, keys.hostKeys['default'] ?? '', keys.masterKey]) {
      expect(await call('guarded', { 'x-functions-key': key })).toBe(200);
      expect(await call(`guarded?code=${key}`)).toBe(200);
    }
  });

  it('refuses no key, a wrong one, and the key of another function or extension', async () => {
    const keys = readKeys(folder.data);
    const others = [
      keys.functionKeys['teapot']?.['default'] ?? '',
      keys.systemKeys['eventgrid_extension'] ?? '',
      'x',
    ];
    expect(await call('guarded')).toBe(401);
    for (const key of others) expect(await call(`guarded?code=${key}`)).toBe(401);
  });

  it('listens to the header where header and query disagree', async () => {
    const { masterKey } = readKeys(folder.data);
    expect(await call(`guarded?code=${masterKey}`, { 'x-functions-key': 'wrong' })).toBe(401);
  });

  it('with level admin takes the master key alone', async () => {
    const keys = readKeys(folder.data);
    expect(await call(`guardedByMaster?code=${keys.hostKeys['default']}`)).toBe(401);
    expect(await call(`guardedByMaster?code=${keys.masterKey}`)).toBe(200);
  });
});

describe('the HTTP listener', () => {
  it('refuses a body above the limit with 413 and serves the next caller', async () => {
    expect((await host.get('/api/echo/x', { method: 'POST', body: 'x'.repeat(100_001) })).status).toBe(413);
    expect((await host.get('/api/echo/x', { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(200);
  });

  it.each([
    ['a malformed request line', 'NONSENSE\r\n\r\n', '400'],
    [
      'a header section above 32 KiB',
      `GET /api/echo/x HTTP/1.1\r\nhost: h\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      '431',
    ],
    ['an address above 8 KiB', `GET /api/echo/${'y'.repeat(9_000)} HTTP/1.1\r\nhost: h\r\n\r\n`, '414'],
    ['an impossible host', 'GET /api/echo/x HTTP/1.1\r\nhost: a b"c\r\n\r\n', '400'],
    ['an address that is none', 'GET *x HTTP/1.1\r\nhost: h\r\n\r\n', '400'],
  ])('refuses %s with its status', async (_, text, status) => {
    expect(await statusOf(text)).toBe(status);
  });

  it('keeps a name with broken percent signs as it is', async () => {
    const seen = await new Promise<string>((resolve) => {
      http.get(`${host.origin}/api/echo/%zz`, (response) => {
        response.setEncoding('utf8');
        response.on('data', resolve);
      });
    });
    expect(JSON.parse(seen)).toMatchObject({ params: { path: '%zz' } });
  });

  it('knows nothing about /admin and /runtime without a key', async () => {
    expect((await host.get('/admin/host/ping')).status).toBe(200);
    expect((await host.get('/admin/functions')).status).toBe(401);
    expect((await host.get('/runtime/webhooks/eventgrid?functionName=x')).status).toBe(401);
    expect((await host.get('/runtime/other')).status).toBe(404);
    const { masterKey } = readKeys(folder.data);
    const functions = (await host.json(`/admin/functions?code=${masterKey}`)) as { name: string }[];
    expect(functions.map(({ name }) => name)).toContain('teapot');
  });
});

function statusOf(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(host.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      socket.destroy();
    });
    socket.on('close', () => resolve(answer.split(' ')[1] ?? 'none'));
    socket.on('error', reject);
  });
}
