import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CosmosClient } from '@azure/cosmos';
import { type Catalogue, startCatalogue } from '../../local/cosmos';
import { rows } from './cosmos';
import type { Place } from './cosmos-rows/place';
import { type Verdict, writeSection } from './report';

const { COSMOS_TEST_ENDPOINT: azureEndpoint, COSMOS_TEST_KEY: azureKey, CONFORMANCE_REPORT } = process.env;
const isLocal = azureEndpoint === undefined || azureKey === undefined;

describe(isLocal ? 'the catalogue server' : 'Azure Cosmos DB', () => {
  const verdicts = new Map<number, Verdict>();
  let catalogue: Catalogue | undefined;
  let laterInMs = 0;
  let place: Place;

  beforeAll(async () => {
    const key = azureKey ?? Buffer.from('a key for tests').toString('base64');
    if (isLocal)
      catalogue = await startCatalogue({ port: 0, key, clock: { now: () => Date.now() + laterInMs } });
    const endpoint = catalogue?.endpoint ?? azureEndpoint ?? '';
    const client = new CosmosClient({ endpoint, key });
    const { database } = await client.databases.create({ id: `conformance-${randomUUID()}` });
    const passTime = isLocal ? skipTime : waitFor;
    place = { client, database, endpoint, key, isLocal, passTime };
  });

  afterAll(async () => {
    await place.database.delete();
    place.client.dispose();
    await catalogue?.stop();
    const inOrder = rows.flatMap((_, index) => verdicts.get(index) ?? []);
    console.info(`Cosmos DB: ${inOrder.filter(({ passed }) => passed).length} of ${rows.length} rows pass`);
    if (CONFORMANCE_REPORT === '1' && isLocal) writeSection('cosmos', 'Cosmos DB', inOrder);
  });

  async function skipTime(durationInMs: number): Promise<void> {
    laterInMs += durationInMs;
  }

  /** Only in Azure, whose clock is not ours. */
  function waitFor(durationInMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, durationInMs));
  }

  const runnable = rows
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => isLocal || row.onlyLocal !== true);

  it.each(runnable)('$row.operation $row.shows', async ({ row, index }) => {
    const { operation, shows } = row;
    verdicts.set(index, { operation, shows, passed: false });
    await row.run(place);
    verdicts.set(index, { operation, shows, passed: true });
    expect(verdicts.get(index)).toMatchObject({ passed: true });
  });

  it('has a row for every operation that lifeboat uses', () => {
    const source = readFileSync('shared/azure/cosmos-records.ts', 'utf8');
    const used = [
      ...source.matchAll(/\b(?:(databases|containers|items)\.|\.item\([^)]*\)\s*\.|(items)\s*\.)(\w+)[(<]/g),
    ];
    const names = new Set(used.map(([, group = 'item', items, name]) => `${items ?? group}.${name}`));
    expect([...names].toSorted()).toEqual([
      'containers.createIfNotExists',
      'databases.createIfNotExists',
      'item.delete',
      'item.read',
      'item.replace',
      'items.create',
      'items.query',
      'items.upsert',
    ]);
    const covered = new Set(rows.map(({ operation }) => operation));
    expect([...names].filter((name) => !covered.has(name))).toEqual([]);
  });
});
