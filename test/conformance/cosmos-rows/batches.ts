import assert from 'node:assert/strict';
import { BulkOperationType, type OperationInput } from '@azure/cosmos';
import { type CosmosRow, newContainer, queried } from './place';

const create = (id: string, more: object = {}): OperationInput => ({
  operationType: BulkOperationType.Create,
  resourceBody: { id, partition: 'p', ...more },
});

/** Transactional batches and bulk. */
export const batchRows: readonly CosmosRow[] = [
  {
    operation: 'items.batch',
    shows: 'does every kind of operation, each with its status',
    run: async (place) => {
      const container = await newContainer(place);
      for (const id of ['read', 'replaced', 'removed', 'patched']) {
        await container.items.create({ id, partition: 'p', count: 1 });
      }
      const { result } = await container.items.batch(
        [
          create('created'),
          { operationType: 'Upsert', resourceBody: { id: 'upserted', partition: 'p' } },
          { operationType: 'Read', id: 'read' },
          {
            operationType: 'Replace',
            id: 'replaced',
            resourceBody: { id: 'replaced', partition: 'p', new: 1 },
          },
          { operationType: 'Delete', id: 'removed' },
          {
            operationType: 'Patch',
            id: 'patched',
            resourceBody: { operations: [{ op: 'incr', path: '/count', value: 1 }] },
          },
        ],
        'p',
      );
      assert.deepEqual(
        result?.map(({ statusCode }) => statusCode),
        [201, 201, 200, 200, 204, 200],
      );
      assert.equal(result[5]?.resourceBody?.['count'], 2);
    },
  },
  {
    operation: 'items.batch',
    shows: 'is all or none: one conflict, and nothing of it stays',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'there', partition: 'p', count: 1 });
      const { result, code } = await container.items.batch(
        [
          create('new'),
          { operationType: 'Upsert', resourceBody: { id: 'there', partition: 'p', count: 2 } },
          create('there'),
          create('never'),
        ],
        'p',
      );
      assert.equal(code, 207);
      assert.deepEqual(
        result?.map(({ statusCode }) => statusCode),
        [424, 424, 409, 424],
      );
      assert.deepEqual(await queried(container, 'SELECT c.id, c.count FROM c'), [{ id: 'there', count: 1 }]);
    },
  },
  {
    operation: 'items.batch',
    shows: 'sees its own writes and refuses at another etag',
    run: async (place) => {
      const container = await newContainer(place);
      const { result } = await container.items.batch(
        [
          create('x'),
          { operationType: 'Read', id: 'x' },
          {
            operationType: 'Replace',
            id: 'x',
            ifMatch: '"other"',
            resourceBody: { id: 'x', partition: 'p' },
          },
        ],
        'p',
      );
      assert.deepEqual(
        result?.map(({ statusCode }) => statusCode),
        [424, 424, 412],
      );
    },
  },
  {
    operation: 'items.executeBulkOperations',
    shows: 'runs operations over many partitions, each by itself',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: '3', partition: 'p3' });
      const operations = Array.from({ length: 150 }, (_, index) => ({
        operationType: BulkOperationType.Create,
        partitionKey: `p${index % 10}`,
        resourceBody: { id: String(index), partition: `p${index % 10}` },
      }));
      const results = await container.items.executeBulkOperations(operations);
      const statuses = results.map(({ response, error }) => response?.statusCode ?? error?.code);
      assert.equal(statuses.filter((status) => status === 201).length, 149);
      assert.equal(statuses[3], 409);
      assert.deepEqual(await queried(container, 'SELECT VALUE COUNT(1) FROM c'), [150]);
    },
  },
];
