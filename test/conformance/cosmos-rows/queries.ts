import assert from 'node:assert/strict';
import { type CosmosRow, filledContainer, queried } from './place';

interface Case {
  readonly shows: string;
  readonly query: string;
  readonly parameters?: readonly { readonly name: string; readonly value: string | number | string[] }[];
  readonly partition?: string;
  readonly answer: readonly unknown[];
}

/** Over the 12 documents of `filledContainer`. */
const cases: readonly Case[] = [
  {
    shows: 'stays within its partition',
    query: 'SELECT VALUE c.id FROM c ORDER BY c.id',
    partition: 'b',
    answer: ['b0', 'b1', 'b2', 'b3'],
  },
  {
    shows: 'finds nothing in a partition that is empty',
    query: 'SELECT * FROM c',
    partition: 'none',
    answer: [],
  },
  {
    shows: 'takes parameters, also lists',
    query:
      'SELECT VALUE c.id FROM c WHERE c.number > @least AND ARRAY_CONTAINS(@halves, c.half) ORDER BY c.number',
    parameters: [
      { name: '@least', value: 8 },
      { name: '@halves', value: ['odd'] },
    ],
    answer: ['c1', 'c3'],
  },
  {
    shows: 'orders by id backwards from a prefix',
    query: "SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, 'b') ORDER BY c.id DESC",
    partition: 'b',
    answer: ['b3', 'b2', 'b1', 'b0'],
  },
  {
    shows: 'reads a range of ids',
    query: "SELECT VALUE c.id FROM c WHERE c.id > 'a0' AND c.id <= 'a2' ORDER BY c.id",
    partition: 'a',
    answer: ['a1', 'a2'],
  },
  {
    shows: 'orders over all partitions',
    query: 'SELECT TOP 3 VALUE c.id FROM c ORDER BY c.number DESC',
    answer: ['c3', 'c2', 'c1'],
  },
  {
    shows: 'skips and limits',
    query: 'SELECT VALUE c.number FROM c ORDER BY c.number OFFSET 4 LIMIT 3',
    answer: [4, 5, 6],
  },
  { shows: 'counts', query: "SELECT VALUE COUNT(1) FROM c WHERE c.half = 'odd'", answer: [6] },
  { shows: 'sums', query: 'SELECT VALUE SUM(c.number) FROM c', answer: [66] },
  { shows: 'finds the least', query: 'SELECT VALUE MIN(c.number) FROM c', answer: [0] },
  { shows: 'finds the greatest', query: 'SELECT VALUE MAX(c.id) FROM c', partition: 'b', answer: ['b3'] },
  { shows: 'averages', query: 'SELECT VALUE AVG(c.number) FROM c', answer: [5.5] },
  {
    shows: 'gives each value once',
    query: 'SELECT DISTINCT VALUE c.half FROM c ORDER BY c.half',
    answer: ['even', 'odd'],
  },
  {
    shows: 'groups',
    query:
      "SELECT c.half, COUNT(1) AS n, MAX(c.number) AS most FROM c WHERE c.partition = 'a' GROUP BY c.half",
    partition: 'a',
    answer: [
      { half: 'even', n: 2, most: 2 },
      { half: 'odd', n: 2, most: 3 },
    ],
  },
  {
    shows: 'selects and names properties, leaving out what is not there',
    query:
      "SELECT c.id, c.inner.name AS called, c['optional'] FROM c WHERE c.number IN (0, 3) ORDER BY c.number",
    partition: 'a',
    answer: [
      { id: 'a0', called: 'Name 0', optional: 0 },
      { id: 'a3', called: 'Name 3' },
    ],
  },
  {
    shows: 'tells null from nothing',
    query:
      'SELECT VALUE [IS_DEFINED(c.optional), IS_NULL(c.optional)] FROM c WHERE c.number >= 2 ORDER BY c.id',
    partition: 'a',
    answer: [
      [true, true],
      [false, false],
    ],
  },
  {
    shows: 'compares nothing across types',
    query: "SELECT VALUE c.id FROM c WHERE c.number = '0' OR c.number < 'x'",
    answer: [],
  },
  {
    shows: 'joins with its own arrays',
    query: "SELECT VALUE t FROM c JOIN t IN c.tags WHERE c.number < 2 AND t != 'x'",
    partition: 'a',
    answer: ['t0', 't1'],
  },
  {
    shows: 'looks into arrays with EXISTS',
    query:
      "SELECT VALUE c.id FROM c WHERE EXISTS (SELECT VALUE t FROM t IN c.tags WHERE t = 't2') ORDER BY c.id",
    partition: 'c',
    answer: ['c2'],
  },
  {
    shows: 'makes arrays with ARRAY',
    query: 'SELECT VALUE ARRAY(SELECT VALUE d.at + 1 FROM d IN c.inner.deep) FROM c WHERE c.number = 5',
    answer: [[2]],
  },
  {
    shows: 'searches texts with CONTAINS, LIKE, BETWEEN and case left aside',
    query:
      "SELECT VALUE c.id FROM c WHERE CONTAINS(c.inner.name, 'NAME', true) AND c.id LIKE '_1%' AND c.number BETWEEN 0 AND 5 ORDER BY c.id",
    answer: ['a1', 'b1'],
  },
  {
    shows: 'computes',
    query:
      "SELECT VALUE {n: c.number * 2 - 1, t: c.id || '!', b: c.number > 4 ? 'big' : 'small'} FROM c WHERE c.id = 'b1'",
    answer: [{ n: 9, t: 'b1!', b: 'big' }],
  },
];

export const queryRows: readonly CosmosRow[] = [
  ...cases.map(({ shows, query, parameters, partition, answer }): CosmosRow => ({
    operation: 'items.query',
    shows,
    run: async (place) => {
      const container = await filledContainer(place);
      const spec = parameters === undefined ? query : { query, parameters: [...parameters] };
      assert.deepEqual(await queried(container, spec, partition), answer);
    },
  })),
  {
    operation: 'items.query',
    shows: 'orders by several properties',
    run: async (place) => {
      const container = await filledContainer(place);
      const query = 'SELECT VALUE c.id FROM c ORDER BY c.half DESC, c.number ASC';
      const { resource } = await container.read();
      assert.ok(resource?.partitionKey);
      const composite = [
        [
          { path: '/half', order: 'descending' },
          { path: '/number', order: 'ascending' },
        ],
      ];
      const indexingPolicy = { ...resource.indexingPolicy, compositeIndexes: composite } as never;
      await container.replace({ id: container.id, partitionKey: resource.partitionKey, indexingPolicy });
      assert.deepEqual(await queried(container, query, 'a'), ['a1', 'a3', 'a0', 'a2']);
    },
  },
  {
    operation: 'items.query',
    shows: 'is refused with 400 where it makes no sense',
    run: async (place) => {
      const container = await filledContainer(place);
      for (const query of [
        'SELEC 1',
        'SELECT * FROM c WHERE',
        'SELECT x.a FROM c',
        'SELECT VALUE NOSUCH(1) FROM c',
      ]) {
        await assert.rejects(queried(container, query, 'a'), { code: 400 });
      }
    },
  },
];
