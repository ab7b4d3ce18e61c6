import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { CosmosClient } from '@azure/cosmos';
import { type CosmosRow, newContainer, statusOf } from './place';

/** The account, databases and containers. */
export const resourceRows: readonly CosmosRow[] = [
  {
    operation: 'getDatabaseAccount',
    shows: 'names an endpoint to write to',
    run: async ({ client }) => {
      const { resource } = await client.getDatabaseAccount();
      assert.ok(resource?.writableLocations.length);
    },
  },
  {
    operation: 'any request',
    shows: 'is refused with 401 under another key',
    run: async ({ endpoint }) => {
      const stranger = new CosmosClient({ endpoint, key: Buffer.from('another').toString('base64') });
      assert.equal(await statusOf(stranger.databases.readAll().fetchAll()), 401);
    },
  },
  {
    operation: 'databases.create',
    shows: 'creates once: 409 the second time',
    run: async ({ client }) => {
      const id = `d-${randomUUID()}`;
      const { database, resource } = await client.databases.create({ id });
      assert.equal(resource?.id, id);
      assert.equal(await statusOf(client.databases.create({ id })), 409);
      await database.delete();
    },
  },
  {
    operation: 'databases.createIfNotExists',
    shows: 'is content with what is there',
    run: async ({ client, database }) => {
      const { statusCode } = await client.databases.createIfNotExists({ id: database.id });
      assert.equal(statusCode, 200);
    },
  },
  {
    operation: 'database.read',
    shows: 'finds it, and 404 where there is none',
    run: async ({ client, database }) => {
      assert.equal((await database.read()).resource?.id, database.id);
      assert.equal(await statusOf(client.database('no-such').read()), 404);
    },
  },
  {
    operation: 'databases.query',
    shows: 'filters by id with a parameter',
    run: async ({ client, database }) => {
      const parameters = [{ name: '@id', value: database.id }];
      const query = { query: 'SELECT * FROM root r WHERE r.id = @id', parameters };
      const { resources } = await client.databases.query<{ id: string }>(query).fetchAll();
      assert.deepEqual(
        resources.map(({ id }) => id),
        [database.id],
      );
    },
  },
  {
    operation: 'database.delete',
    shows: 'takes its containers with it',
    run: async ({ client }) => {
      const { database } = await client.databases.create({ id: `d-${randomUUID()}` });
      await database.containers.create({ id: 'c', partitionKey: '/partition' });
      await database.delete();
      assert.equal(await statusOf(database.read()), 404);
      assert.equal(await statusOf(database.container('c').read()), 404);
    },
  },
  {
    operation: 'containers.create',
    shows: 'keeps the definition; 409 the second time',
    run: async (place) => {
      const container = await newContainer(place, { defaultTtl: 60 });
      const { resource } = await container.read();
      assert.equal(resource?.defaultTtl, 60);
      assert.deepEqual(resource.partitionKey?.paths, ['/partition']);
      const again = place.database.containers.create({ id: container.id, partitionKey: '/partition' });
      assert.equal(await statusOf(again), 409);
    },
  },
  {
    operation: 'containers.createIfNotExists',
    shows: 'has one winner under a race, and nobody fails but with 409',
    run: async ({ database }) => {
      const definition = { id: `c-${randomUUID()}`, partitionKey: { paths: ['/partition'] } };
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => database.containers.createIfNotExists(definition)),
      );
      const created = outcomes.filter(({ status }, index) => {
        const outcome = outcomes[index];
        return status === 'fulfilled' && outcome?.status === 'fulfilled' && outcome.value.statusCode === 201;
      });
      assert.equal(created.length, 1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert.equal((outcome.reason as { code: number }).code, 409);
      }
    },
  },
  {
    operation: 'container.replace',
    shows: 'changes the time to live, never the partition key',
    run: async (place) => {
      const container = await newContainer(place);
      const { resource } = await container.read();
      assert.ok(resource?.partitionKey);
      const definition = { id: container.id, partitionKey: resource.partitionKey };
      await container.replace({ ...definition, defaultTtl: 100 });
      assert.equal((await container.read()).resource?.defaultTtl, 100);
      const other = container.replace({ id: container.id, partitionKey: { paths: ['/other'] } });
      assert.equal(await statusOf(other), 400);
    },
  },
  {
    operation: 'containers.readAll',
    shows: 'lists the containers of the database',
    run: async (place) => {
      const container = await newContainer(place);
      const { resources } = await place.database.containers.readAll().fetchAll();
      assert.ok(resources.some(({ id }) => id === container.id));
    },
  },
  {
    operation: 'container.delete',
    shows: 'takes its documents with it',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'x', partition: 'p' });
      await container.delete();
      await place.database.containers.create({ id: container.id, partitionKey: '/partition' });
      const again = new CosmosClient({ endpoint: place.endpoint, key: place.key });
      const { statusCode } = await again
        .database(place.database.id)
        .container(container.id)
        .item('x', 'p')
        .read();
      assert.equal(statusCode, 404);
    },
  },
  {
    operation: 'storedProcedure.execute',
    shows: 'is a 501 that names it',
    onlyLocal: true,
    run: async (place) => {
      const container = await newContainer(place);
      const call = container.scripts.storedProcedure('work').execute('p');
      await assert.rejects(call, (error: Error & { code?: number }) => {
        return error.code === 501 && error.message.includes('sprocs');
      });
    },
  },
];
