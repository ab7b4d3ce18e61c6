import assert from 'node:assert/strict';
import { ChangeFeedStartFrom, type Container } from '@azure/cosmos';
import { type CosmosRow, filledContainer, type Item, newContainer } from './place';

async function pages(container: Container, query: string, partitionKey?: string): Promise<string[][]> {
  const found: string[][] = [];
  for (let continuationToken: string | undefined; ;) {
    const page = await container.items
      .query<string>(query, {
        maxItemCount: 2,
        ...(continuationToken !== undefined && { continuationToken }),
        ...(partitionKey !== undefined && { partitionKey }),
      })
      .fetchNext();
    found.push(page.resources);
    continuationToken = page.continuationToken;
    if (continuationToken === undefined) return found;
    assert.ok(found.length < 20);
  }
}

async function changes(
  container: Container,
  start: ChangeFeedStartFrom,
  rounds: number,
): Promise<string[][]> {
  const feed = container.items.getChangeFeedIterator<Item>({ changeFeedStartFrom: start });
  const found: string[][] = [];
  for (let round = 0; round < rounds; round++) {
    const { result, statusCode } = await feed.readNext();
    found.push(statusCode === 304 ? [] : result.map(({ id }) => id));
  }
  return found;
}

/** Paging and the change feed. */
export const feedRows: readonly CosmosRow[] = [
  {
    operation: 'items.query',
    shows: 'turns pages within a partition without a gap or a double',
    run: async (place) => {
      const container = await filledContainer(place);
      const found = await pages(container, 'SELECT VALUE c.id FROM c ORDER BY c.id', 'b');
      assert.deepEqual(found.flat(), ['b0', 'b1', 'b2', 'b3']);
      assert.deepEqual(found[0], ['b0', 'b1']);
    },
  },
  {
    operation: 'items.query',
    shows: 'turns pages over the container without a gap or a double',
    run: async (place) => {
      const container = await filledContainer(place);
      const found = await pages(container, 'SELECT VALUE c.id FROM c');
      assert.equal(new Set(found.flat()).size, 12);
      assert.equal(found.flat().length, 12);
    },
  },
  {
    operation: 'items.query',
    shows: 'keeps TOP over pages',
    run: async (place) => {
      const container = await filledContainer(place);
      const found = await pages(container, 'SELECT TOP 3 VALUE c.id FROM c', 'c');
      assert.equal(found.flat().length, 3);
    },
  },
  {
    operation: 'items.readAll',
    shows: 'gives every document',
    run: async (place) => {
      const container = await filledContainer(place);
      assert.equal((await container.items.readAll<Item>().fetchAll()).resources.length, 12);
    },
  },
  {
    operation: 'items.getChangeFeedIterator',
    shows: 'gives the latest versions in order, then 304, then what came after',
    run: async (place) => {
      const container = await newContainer(place);
      for (const id of ['x', 'y', 'z']) await container.items.create({ id, partition: 'p' });
      await container.items.upsert({ id: 'x', partition: 'p', again: true });
      const feed = container.items.getChangeFeedIterator<Item>({
        changeFeedStartFrom: ChangeFeedStartFrom.Beginning('p'),
      });
      assert.deepEqual(
        (await feed.readNext()).result.map(({ id }) => id),
        ['y', 'z', 'x'],
      );
      assert.equal((await feed.readNext()).statusCode, 304);
      await container.items.create({ id: 'late', partition: 'p' });
      await container.items.create({ id: 'elsewhere', partition: 'q' });
      assert.deepEqual(
        (await feed.readNext()).result.map(({ id }) => id),
        ['late'],
      );
    },
  },
  {
    operation: 'items.getChangeFeedIterator',
    shows: 'covers the whole container from the beginning, and nothing old from now',
    run: async (place) => {
      const container = await newContainer(place);
      for (const partition of ['p', 'q', 'r']) await container.items.create({ id: 'x', partition });
      assert.deepEqual(await changes(container, ChangeFeedStartFrom.Beginning(), 1), [['x', 'x', 'x']]);
      assert.deepEqual(await changes(container, ChangeFeedStartFrom.Now(), 1), [[]]);
    },
  },
];
