import net from 'node:net';
import fc from 'fast-check';
import { type AppFolder, sampleApp } from '../support/host/app-folder';
import { startTestHost, type TestHost } from '../support/host/test-host';

const runs = process.env['LIFEBOAT_LONG'] === '1' ? 100_000 : 500;
const atOnce = 20;

let folder: AppFolder;
let host: TestHost;

beforeAll(async () => {
  folder = sampleApp('{http,seen}');
  host = await startTestHost(folder, { maxBodyBytes: 10_000, logLevel: 'error' });
});
afterAll(async () => {
  await host.kill();
  folder.remove();
});

const token = fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'X', '');
const target = fc.oneof(
  fc.webPath().map((path) => `/api/echo${path}`),
  fc.string().map((text) => `/api/echo/${text}`),
  fc.constantFrom(
    '/',
    '*',
    'http://127.0.0.1/api/echo/x',
    '//',
    '/admin/functions',
    '/runtime/webhooks/eventgrid',
    '/api/items/%00',
  ),
  fc.string(),
);
const headerLine = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'host',
        'content-length',
        'transfer-encoding',
        'traceparent',
        'x-functions-key',
        'cookie',
      ),
      fc.string(),
    )
    .map(([name, value]) => `${name}: ${value}`),
  fc.constantFrom(
    'content-length: 5',
    'content-length: 99999999',
    'transfer-encoding: chunked',
    'expect: 100-continue',
    'upgrade: x',
  ),
  fc.string(),
);
const message = fc
  .tuple(token, target, fc.array(headerLine, { maxLength: 4 }), fc.string())
  .map(([method, path, lines, body]) =>
    [`${method} ${path} HTTP/1.1`, 'host: h', ...lines, '', body].join('\r\n'),
  );

/** Sends the bytes and hangs up; whatever comes back is welcome. */
function throwAt(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.end(Buffer.from(text, 'utf8')));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

describe('the HTTP listener', () => {
  // Method: twenty malformed requests at a time; none may be answered with 500, and the host must serve after each lot.
  it('survives whatever is thrown at it', async () => {
    const lots = fc.array(message, { minLength: atOnce, maxLength: atOnce });
    await fc.assert(
      fc.asyncProperty(lots, async (messages) => {
        const answers = await Promise.all(messages.map((text) => throwAt(host.port, text)));
        for (const answer of answers) expect(answer.slice(0, 12)).not.toBe('HTTP/1.1 500');
        expect((await host.get('/api/defaultName')).status).toBe(200);
      }),
      { numRuns: runs / atOnce, endOnFailure: true },
    );
    expect(host.logs.filter((line) => line.includes('error'))).toEqual([]);
  }, 600_000);
});
