import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Container, CosmosClient } from '@azure/cosmos';
import { startCatalogue } from '../local/cosmos';
import { openStore } from '../local/store';

const key = Buffer.from('a key for measuring').toString('base64');
const inFlight = 16;
const lastingInMs = Number(process.env['BENCH_MS'] ?? 2000);

/** How often a second, with so many at a time. */
async function rateOf(run: (index: number) => Promise<unknown>, atOnce = inFlight): Promise<number> {
  const start = performance.now();
  let count = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - start < lastingInMs) await run(count++);
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  return (count * 1000) / (performance.now() - start);
}

const filling = 'x'.repeat(300);

function document(index: number): { id: string; partition: string; number: number; filling: string } {
  return {
    id: `item-${String(index).padStart(7, '0')}`,
    partition: `p${index % 100}`,
    number: index,
    filling,
  };
}

async function fill(container: Container, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += 10_000) {
    const operations = Array.from({ length: Math.min(10_000, to - start) }, (_, index) => ({
      operationType: 'Upsert' as const,
      partitionKey: document(start + index).partition,
      resourceBody: document(start + index),
    }));
    await container.items.executeBulkOperations(operations);
  }
}

async function rawTransactions(folder: string): Promise<{ alone: number; together: number }> {
  const store = openStore({
    file: join(folder, 'raw.db'),
    migrations: ['CREATE TABLE raw (id TEXT PRIMARY KEY, body TEXT)'],
    name: 'raw',
  });
  const write = (index: number): Promise<unknown> =>
    store.write((database) =>
      database.run('INSERT OR REPLACE INTO raw VALUES (?, ?)', `id-${index % 1000}`, filling),
    );
  const rates = { alone: await rateOf(write, 1), together: await rateOf(write) };
  await store.close();
  return rates;
}

/** Node's own server with nothing behind it: what any server here could answer at most. */
async function rawHttp(): Promise<number> {
  const server = createServer((_, response) => response.end(filling));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const rate = await rateOf(async () => (await fetch(url)).text());
  server.closeAllConnections();
  server.close();
  return rate;
}

interface Rates {
  readonly documents: number;
  readonly read: number;
  readonly upsert: number;
  readonly ordered: number;
}

async function ratesAt(container: Container, documents: number): Promise<Rates> {
  const pick = (index: number): ReturnType<typeof document> => document((index * 7919) % documents);
  const read = await rateOf((index) => container.item(pick(index).id, pick(index).partition).read());
  const upsert = await rateOf((index) => container.items.upsert(pick(index)));
  const query = 'SELECT TOP 20 * FROM c WHERE c.id > @after ORDER BY c.id';
  const ordered = await rateOf((index) =>
    container.items
      .query(
        { query, parameters: [{ name: '@after', value: pick(index).id }] },
        { partitionKey: pick(index).partition },
      )
      .fetchAll(),
  );
  return { documents, read, upsert, ordered };
}

function show(rate: number): string {
  return Math.round(rate).toLocaleString('en').padStart(9);
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-cosmos-'));
  const catalogue = await startCatalogue({ dataFolder: folder, port: 0, key });
  const client = new CosmosClient({ endpoint: catalogue.endpoint, key });
  const { database } = await client.databases.create({ id: 'bench' });
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/partition' });

  const raw = await rawTransactions(folder);
  const http = await rawHttp();
  console.log(`${show(raw.alone)} SQLite transactions/s, each with its own fsync`);
  console.log(`${show(raw.together)} SQLite writes/s, ${inFlight} in flight, sharing fsyncs`);
  console.log(`${show(http)} bare HTTP requests/s, ${inFlight} in flight, server and client in one process`);
  console.log('\nThrough the SDK, server and client in one process; the share is of the raw limit above.');
  console.log('documents   reads/s  of HTTP  upserts/s  of SQLite  20 of a partition by id/s');

  const all: Rates[] = [];
  let filled = 0;
  for (const documents of [1000, 10_000, 100_000]) {
    await fill(container, filled, documents);
    filled = documents;
    const rates = await ratesAt(container, documents);
    all.push(rates);
    const [ofHttp, ofSqlite] = [rates.read / http, rates.upsert / raw.together];
    console.log(
      `${String(documents).padStart(9)} ${show(rates.read)} ${ofHttp.toFixed(2).padStart(8)}  ${show(rates.upsert)}` +
        `  ${ofSqlite.toFixed(2).padStart(9)}  ${show(rates.ordered)}`,
    );
  }
  const [first, last] = [all[0], all.at(-1)];
  if (first !== undefined && last !== undefined) {
    console.log('\nCost at 100,000 documents, in times of the cost at 1,000 (1 is flat):');
    for (const name of ['read', 'upsert', 'ordered'] as const) {
      console.log(`${name.padEnd(9)} ${(first[name] / last[name]).toFixed(2)}`);
    }
  }
  const start = performance.now();
  const { resources } = await container.items
    .query<number>('SELECT VALUE COUNT(1) FROM c WHERE c.number % 2 = 0')
    .fetchAll();
  console.log(
    `a filter over all 100,000 documents: ${Math.round(performance.now() - start)} ms, finds ${resources[0]}`,
  );
  client.dispose();
  await catalogue.stop();
  await rm(folder, { recursive: true, force: true });
}

void main();
