import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Catalogue, startCatalogue } from '../../../local/cosmos';
import { createCatalogueServer } from '../../../local/cosmos/wire/server';
import { Throttle } from '../../../local/cosmos/wire/throttle';
import { openStore, type Store, StoreError } from '../../../local/store';
import { migrations } from '../../../local/cosmos/data/schema';
import { CatalogueClient, type CatalogueRequest } from '../../support/cosmos/catalogue-client';

const key = Buffer.from('a key for tests').toString('base64');
const docs = 'dbs/d/colls/c/docs';
const inP = { 'x-ms-documentdb-partitionkey': '["p"]' };
const item = { id: 'x', partition: 'p' };

async function withContainer(client: CatalogueClient): Promise<void> {
  await client.send({ method: 'POST', path: 'dbs', body: { id: 'd' } });
  const body = { id: 'c', partitionKey: { paths: ['/partition'] } };
  await client.send({ method: 'POST', path: 'dbs/d/colls', body });
  await client.send({ method: 'POST', path: docs, headers: inP, body: item });
}

describe('the catalogue server', () => {
  let catalogue: Catalogue;
  let client: CatalogueClient;

  beforeAll(async () => {
    catalogue = await startCatalogue({ port: 0, key });
    client = new CatalogueClient(catalogue.port, key);
    await withContainer(client);
  });

  afterAll(async () => {
    client.close();
    await catalogue.stop();
  });

  it.each<[number, string, Omit<CatalogueRequest, 'path'> & { path?: string }]>([
    [400, 'a body that is not JSON', { method: 'POST', text: '{"id":' }],
    [400, 'a body that is not an object', { method: 'POST', body: [1] }],
    [400, 'a document without an id', { method: 'POST', body: { partition: 'p' } }],
    [400, 'an id with a slash', { method: 'POST', body: { id: 'a/b', partition: 'p' } }],
    [400, 'an id of 1024 bytes', { method: 'POST', body: { id: 'a'.repeat(1024), partition: 'p' } }],
    [400, 'a ttl that is no time', { method: 'POST', body: { ...item, id: 'y', ttl: 0 } }],
    [400, 'another partition than the header names', { method: 'POST', body: { id: 'y', partition: 'q' } }],
    [
      400,
      'a partition key that is not JSON',
      { method: 'POST', headers: { ...inP, 'x-ms-documentdb-partitionkey': 'p' }, body: item },
    ],
    [
      400,
      'a partition key with too many parts',
      { method: 'POST', headers: { ...inP, 'x-ms-documentdb-partitionkey': '["p","q"]' }, body: item },
    ],
    [
      400,
      'a batch that is no list',
      {
        method: 'POST',
        headers: { ...inP, 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-cosmos-batch-atomic': 'True' },
        body: {},
      },
    ],
    [400, 'a patch without operations', { method: 'PATCH', path: `${docs}/x`, body: [] }],
    [
      400,
      'a patch of the id',
      { method: 'PATCH', path: `${docs}/x`, body: [{ op: 'set', path: '/id', value: 'y' }] },
    ],
    [
      400,
      'a patch that is unknown',
      { method: 'PATCH', path: `${docs}/x`, body: [{ op: 'swap', path: '/a' }] },
    ],
    [
      400,
      'a patch with a condition that is no query',
      {
        method: 'PATCH',
        path: `${docs}/x`,
        body: { condition: 'nonsense', operations: [{ op: 'set', path: '/a', value: 1 }] },
      },
    ],
    [
      400,
      'a query that is no query',
      {
        method: 'POST',
        headers: { ...inP, 'content-type': 'application/query+json' },
        body: { query: 'DROP TABLE documents' },
      },
    ],
    [
      400,
      'a query without its text',
      { method: 'POST', headers: { ...inP, 'content-type': 'application/query+json' }, body: {} },
    ],
    [
      400,
      'a continuation that is not ours',
      { method: 'GET', headers: { ...inP, 'x-ms-continuation': 'e30' } },
    ],
    [
      400,
      'a page size that is no count',
      { method: 'GET', headers: { ...inP, 'x-ms-max-item-count': 'many' } },
    ],
    [
      400,
      'a document nested without end',
      {
        method: 'POST',
        text: `{"id":"y","partition":"p","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      },
    ],
    [404, 'a document that is not there', { method: 'GET', path: `${docs}/y` }],
    [404, 'a container that is not there', { method: 'GET', path: 'dbs/d/colls/none' }],
    [404, 'a database that is not there', { method: 'GET', path: 'dbs/none/colls/c/docs/x' }],
    [404, 'an address that is none', { method: 'GET', path: 'nothing/here' }],
    [409, 'what is there already', { method: 'POST', body: item }],
    [
      412,
      'another etag',
      { method: 'DELETE', path: `${docs}/x`, headers: { ...inP, 'if-match': '"other"' } },
    ],
    [
      413,
      'a document over 2 MB',
      { method: 'POST', body: { ...item, id: 'y', text: 'x'.repeat(2_100_000) } },
    ],
    [413, 'a body over 4 MB', { method: 'POST', text: 'x'.repeat(5_000_000) }],
    [501, 'stored procedures', { method: 'POST', path: 'dbs/d/colls/c/sprocs/s' }],
    [501, 'triggers', { method: 'GET', path: 'dbs/d/colls/c/triggers' }],
    [501, 'users', { method: 'GET', path: 'dbs/d/users' }],
    [501, 'offers', { method: 'POST', path: 'offers' }],
    [501, 'a change feed with deletions', { method: 'GET', headers: { 'a-im': 'Full-Fidelity Feed' } }],
  ])('answers %i to %s', async (status, _, { path = docs, headers = inP, ...request }) => {
    const answer = await client.send({ ...request, path, headers });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ code: expect.any(String), message: expect.any(String) });
  });

  it('marks a partition mismatch as the service does', async () => {
    const answer = await client.send({
      method: 'POST',
      path: docs,
      headers: inP,
      body: { id: 'y', partition: 'q' },
    });
    expect(answer.headers['x-ms-substatus']).toBe('1001');
  });

  it.each([
    ['no signature', {}],
    ['a signature of another key', { authorization: 'type%3Dmaster%26ver%3D1.0%26sig%3DAAAA' }],
    ['something that is no signature', { authorization: '%E0%A4%A' }],
    ['a bearer token', { authorization: 'Bearer abc' }],
  ])('answers 401 to %s', async (_, headers) => {
    const answer = await fetch(new URL(`/${docs}/x`, catalogue.endpoint), {
      headers: { 'x-ms-date': new Date().toUTCString(), ...inP, ...headers },
    });
    expect(answer.status).toBe(401);
  });

  it('answers 401 when a signature is used for another document', async () => {
    const stranger = new CatalogueClient(catalogue.port, Buffer.from('another').toString('base64'));
    expect((await stranger.send({ method: 'GET', path: `${docs}/x`, headers: inP })).status).toBe(401);
    stranger.close();
  });

  it('answers 400 to what is not HTTP, and goes on', async () => {
    for (const garbage of [
      '\u0000\u0001\u0002\r\n\r\n',
      'GET / HTTP/9\r\n\r\n',
      'POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n',
    ]) {
      expect(await talk(catalogue.port, garbage)).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect((await client.send({ method: 'GET', path: `${docs}/x`, headers: inP })).status).toBe(200);
  });

  it('throttles as many requests as it was told, from within and from outside', async () => {
    catalogue.throttle({ requests: 1, retryAfterInMs: 7 });
    const read = { method: 'GET', path: `${docs}/x`, headers: inP };
    const refused = await client.send(read);
    expect(refused).toMatchObject({ status: 429, headers: { 'x-ms-retry-after-ms': '7' } });
    expect((await client.send(read)).status).toBe(200);
    const order = (adminKey: string): Promise<Response> =>
      fetch(new URL('/_admin/throttle', catalogue.endpoint), {
        method: 'PUT',
        headers: { 'x-admin-key': adminKey },
        body: '{"requests": 1}',
      });
    expect((await order('wrong')).status).toBe(401);
    expect((await order(key)).status).toBe(204);
    expect((await client.send(read)).status).toBe(429);
  });
});

describe('the catalogue', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('goes on where it was stopped, with the same etags', async () => {
    const first = await startCatalogue({ port: 0, key, dataFolder: folder });
    const client = new CatalogueClient(first.port, key);
    await withContainer(client);
    const before = await client.send({ method: 'GET', path: `${docs}/x`, headers: inP });
    client.close();
    await first.stop();
    const second = await startCatalogue({ port: 0, key, dataFolder: folder });
    const again = new CatalogueClient(second.port, key);
    expect((await again.send({ method: 'GET', path: `${docs}/x`, headers: inP })).text).toBe(before.text);
    again.close();
    await second.stop();
  });

  it('says so when its files are open already, or its port is taken', async () => {
    const first = await startCatalogue({ port: 0, key, dataFolder: folder });
    await expect(startCatalogue({ port: 0, key, dataFolder: folder })).rejects.toThrow(/open/);
    await expect(startCatalogue({ port: first.port, key })).rejects.toThrow(/EADDRINUSE/);
    await first.stop();
  });

  it('forgets documents for good when their time is over, also when that time was set later', async () => {
    let now = 1_000_000;
    const catalogue = await startCatalogue({ port: 0, key, clock: { now: () => now } });
    const client = new CatalogueClient(catalogue.port, key);
    await withContainer(client);
    const keeper = { id: 'keeper', partition: 'p', ttl: -1 };
    await client.send({ method: 'POST', path: docs, headers: inP, body: keeper });
    now += 3_600_000;
    expect(await catalogue.purge()).toBe(0);
    const body = { id: 'c', partitionKey: { paths: ['/partition'] }, defaultTtl: 60 };
    expect((await client.send({ method: 'PUT', path: 'dbs/d/colls/c', body })).status).toBe(200);
    expect((await client.send({ method: 'GET', path: `${docs}/x`, headers: inP })).status).toBe(404);
    expect(await catalogue.purge()).toBe(1);
    expect((await client.send({ method: 'GET', path: `${docs}/keeper`, headers: inP })).status).toBe(200);
    client.close();
    await catalogue.stop();
  });

  it('answers 503 while the disk is full, and goes on when it is not', async () => {
    const store = openStore({ file: ':memory:', migrations, name: 'the catalogue' });
    let isFull = false;
    const fickle: Store = {
      ...{ read: (query) => store.read(query), compact: () => store.compact(), close: () => store.close() },
      write: (change) =>
        isFull
          ? Promise.reject(new StoreError('writeFailed', 'database or disk is full'))
          : store.write(change),
    };
    const service = { store: fickle, clock: { now: () => 0 }, salt: 'salt' };
    const server = createCatalogueServer({ service, key, throttle: new Throttle() });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    const client = new CatalogueClient(port, key);
    await withContainer(client);
    const write = { method: 'POST', path: docs, headers: inP, body: { id: 'y', partition: 'p' } };
    isFull = true;
    const refused = await client.send(write);
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('disk is full');
    isFull = false;
    expect((await client.send(write)).status).toBe(201);
    client.close();
    await new Promise((resolve) => server.close(resolve));
    await store.close();
  });
});

function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.on('end', () => resolve(said));
    socket.on('error', reject);
  });
}
