import assert from 'node:assert/strict';
import { type CosmosRow, type Item, newContainer, statusOf } from './place';

const big = (sizeBytes: number): string => 'x'.repeat(sizeBytes);

/** Single documents. */
export const itemRows: readonly CosmosRow[] = [
  {
    operation: 'items.create',
    shows: 'gives back the document with etag, time and names of its own; 409 the second time',
    run: async (place) => {
      const { items } = await newContainer(place);
      const item = { id: 'é 😀 %+&=', partition: 'p', body: { list: [1, null, 'x'], number: 1.5 } };
      const { resource, etag, statusCode } = await items.create<Item>(item);
      assert.equal(statusCode, 201);
      assert.deepEqual({ ...resource, ...item }, { ...resource });
      assert.equal(etag, resource?.['_etag']);
      assert.match(etag, /^".+"$/);
      assert.equal(typeof resource?.['_ts'], 'number');
      assert.equal(await statusOf(items.create(item)), 409);
    },
  },
  {
    operation: 'items.create',
    shows: 'lets the same id live in two partitions, and one of 20 writers win within one',
    run: async (place) => {
      const { items } = await newContainer(place);
      await items.create({ id: 'x', partition: 'p' });
      await items.create({ id: 'x', partition: 'q' });
      const writers = Array.from({ length: 20 }, () => items.create({ id: 'y', partition: 'p' }));
      const outcomes = await Promise.allSettled(writers);
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    },
  },
  {
    operation: 'items.create',
    shows: 'refuses more than 2 MB with 413 and takes just under',
    run: async (place) => {
      const { items } = await newContainer(place);
      await items.create({ id: 'x', partition: 'p', text: big(2_090_000) });
      const tooBig = items.create({ id: 'y', partition: 'p', text: big(2_100_000) });
      assert.equal(await statusOf(tooBig), 413);
    },
  },
  {
    operation: 'items.create',
    shows: 'keeps unique keys within a partition',
    run: async (place) => {
      const { items, ...container } = await newContainer(place, {
        uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/name', '/inner/kind'] }] },
      });
      const one = { partition: 'p', name: 'n', inner: { kind: 1 } };
      await items.create({ id: '1', ...one });
      assert.equal(await statusOf(items.create({ id: '2', ...one })), 409);
      await items.create({ id: '2', ...one, inner: { kind: 2 } });
      await items.create({ id: '3', ...one, partition: 'q' });
      assert.equal(await statusOf(items.upsert({ id: '2', ...one })), 409);
      assert.ok(container.id);
    },
  },
  {
    operation: 'item.read',
    shows: 'finds a document, and answers 404 without throwing where there is none',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'x', partition: 'p' });
      assert.equal((await container.item('x', 'p').read<Item>()).resource?.id, 'x');
      const { statusCode, resource } = await container.item('x', 'q').read<Item>();
      assert.deepEqual([statusCode, resource], [404, undefined]);
    },
  },
  {
    operation: 'item.read',
    shows: 'answers 304 to IfNoneMatch with the current etag',
    run: async (place) => {
      const container = await newContainer(place);
      const { etag } = await container.items.create({ id: 'x', partition: 'p' });
      const accessCondition = { type: 'IfNoneMatch', condition: etag };
      assert.equal((await container.item('x', 'p').read({ accessCondition })).statusCode, 304);
      await container.items.upsert({ id: 'x', partition: 'p', new: true });
      assert.equal((await container.item('x', 'p').read({ accessCondition })).statusCode, 200);
    },
  },
  {
    operation: 'items.upsert',
    shows: 'creates with 201, overwrites with 200 and a new etag, keeps the rid',
    run: async (place) => {
      const { items } = await newContainer(place);
      const first = await items.upsert<Item>({ id: 'x', partition: 'p', old: 1 });
      const second = await items.upsert<Item>({ id: 'x', partition: 'p', new: 2 });
      assert.deepEqual([first.statusCode, second.statusCode], [201, 200]);
      assert.notEqual(first.etag, second.etag);
      assert.equal(second.resource?.['old'], undefined);
      assert.equal(second.resource?.['_rid'], first.resource?.['_rid']);
    },
  },
  {
    operation: 'items.upsert',
    shows: 'refuses with 412 at another etag',
    run: async (place) => {
      const { items } = await newContainer(place);
      const item = { id: 'x', partition: 'p' };
      const { etag } = await items.create(item);
      await items.upsert(item);
      const accessCondition = { type: 'IfMatch', condition: etag };
      assert.equal(await statusOf(items.upsert(item, { accessCondition })), 412);
    },
  },
  {
    operation: 'item.replace',
    shows: 'replaces at the etag that was read: of 20 writers one wins, the others get 412',
    run: async (place) => {
      const container = await newContainer(place);
      const { etag } = await container.items.create({ id: 'x', partition: 'p' });
      const accessCondition = { type: 'IfMatch', condition: etag };
      const statuses = await Promise.all(
        Array.from({ length: 20 }, (_, writer) =>
          statusOf(
            container.item('x', 'p').replace({ id: 'x', partition: 'p', writer }, { accessCondition }),
          ),
        ),
      );
      assert.deepEqual(
        statuses.toSorted((left, right) => left - right),
        [0, ...Array.from({ length: 19 }, () => 412)],
      );
    },
  },
  {
    operation: 'item.replace',
    shows: 'refuses with 404 what is not there',
    run: async (place) => {
      const container = await newContainer(place);
      const replaced = container.item('x', 'p').replace({ id: 'x', partition: 'p' });
      assert.equal(await statusOf(replaced), 404);
    },
  },
  {
    operation: 'item.delete',
    shows: 'removes at the right etag; 412 at another, 404 when it is gone',
    run: async (place) => {
      const container = await newContainer(place);
      const { etag } = await container.items.create({ id: 'x', partition: 'p' });
      const item = container.item('x', 'p');
      const wrong = { accessCondition: { type: 'IfMatch', condition: '"other"' } };
      assert.equal(await statusOf(item.delete(wrong)), 412);
      assert.equal(
        (await item.delete({ accessCondition: { type: 'IfMatch', condition: etag } })).statusCode,
        204,
      );
      assert.equal(await statusOf(item.delete()), 404);
    },
  },
  {
    operation: 'item.patch',
    shows: 'adds, sets, replaces, removes, increments and moves, all at once',
    run: async (place) => {
      const container = await newContainer(place);
      const item = { id: 'x', partition: 'p', list: [1, 3], count: 1, old: 'o', gone: true, inner: { a: 1 } };
      await container.items.create(item);
      const { resource } = await container.item('x', 'p').patch<Item>([
        { op: 'add', path: '/list/1', value: 2 },
        { op: 'add', path: '/list/-', value: 4 },
        { op: 'set', path: '/inner/b', value: { c: null } },
        { op: 'replace', path: '/inner/a', value: 'A' },
        { op: 'incr', path: '/count', value: 2.5 },
        { op: 'incr', path: '/fresh', value: 7 },
        { op: 'remove', path: '/gone' },
        // The service knows it; the SDK's types do not.
        { op: 'move', from: '/old', path: '/moved' } as never,
      ]);
      assert.ok(resource);
      const { list, count, fresh, gone, old, moved, inner } = resource as Item & Record<string, unknown>;
      assert.deepEqual(
        { list, count, fresh, gone, old, moved, inner },
        {
          list: [1, 2, 3, 4],
          count: 3.5,
          fresh: 7,
          gone: undefined,
          old: undefined,
          moved: 'o',
          inner: { a: 'A', b: { c: null } },
        },
      );
    },
  },
  {
    operation: 'item.patch',
    shows: 'changes nothing when one operation does not fit',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'x', partition: 'p', count: 1 });
      const item = container.item('x', 'p');
      const patch = item.patch([
        { op: 'incr', path: '/count', value: 1 },
        { op: 'replace', path: '/missing', value: 1 },
      ]);
      assert.equal(await statusOf(patch), 400);
      assert.equal((await item.read<Item>()).resource?.['count'], 1);
    },
  },
  {
    operation: 'item.patch',
    shows: 'keeps its condition: 412 when it does not hold',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'x', partition: 'p', state: 'new' });
      const item = container.item('x', 'p');
      const operations = [{ op: 'set' as const, path: '/state', value: 'done' }];
      const condition = "from c where c.state = 'new'";
      assert.equal((await item.patch<Item>({ condition, operations })).resource?.['state'], 'done');
      assert.equal(await statusOf(item.patch({ condition, operations })), 412);
    },
  },
  {
    operation: 'item.patch',
    shows: 'refuses with 412 at another etag, with 404 what is not there',
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'x', partition: 'p' });
      const operations = [{ op: 'set' as const, path: '/a', value: 1 }];
      const accessCondition = { type: 'IfMatch', condition: '"other"' };
      const patched = container.item('x', 'p').patch(operations, { accessCondition });
      assert.equal(await statusOf(patched), 412);
      assert.equal(await statusOf(container.item('y', 'p').patch(operations)), 404);
    },
  },
  {
    operation: 'items.create',
    shows: 'takes hierarchical partition keys and keeps their parts apart',
    run: async (place) => {
      const container = await newContainer(place, {
        partitionKey: { paths: ['/tenant', '/user'], kind: 'MultiHash' as never, version: 2 },
      });
      for (const [tenant, user] of ['t1 a', 't1 b', 't2 a'].map((pair) => pair.split(' '))) {
        await container.items.create({ id: 'x', tenant, user });
      }
      const { resource } = await container.item('x', ['t1', 'b']).read<Item>();
      assert.equal(resource?.['user'], 'b');
      const { resources } = await container.items
        .query<Item>('SELECT * FROM c', { partitionKey: ['t1'] })
        .fetchAll();
      assert.equal(resources.length, 2);
    },
  },
  {
    operation: 'items.create',
    shows: 'lets documents expire by the time to live of the container, or by their own',
    run: async (place) => {
      const container = await newContainer(place, { defaultTtl: 3 });
      const { items } = container;
      await items.create({ id: 'by-container', partition: 'p' });
      await items.create({ id: 'long', partition: 'p', ttl: 1000 });
      await items.create({ id: 'never', partition: 'p', ttl: -1 });
      assert.equal((await container.item('by-container', 'p').read()).statusCode, 200);
      await place.passTime(5000);
      assert.equal((await container.item('by-container', 'p').read()).statusCode, 404);
      const { resources } = await items.query<string>('SELECT VALUE c.id FROM c ORDER BY c.id').fetchAll();
      assert.deepEqual(resources, ['long', 'never']);
      await items.create({ id: 'by-container', partition: 'p', again: true });
    },
  },
];
