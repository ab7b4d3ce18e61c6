import fc from 'fast-check';
import { type Catalogue, startCatalogue } from '../../../local/cosmos';
import { Failure } from '../../../local/cosmos/failure';
import type { Json } from '../../../local/cosmos/json';
import { compileQuery, paged } from '../../../local/cosmos/sql/compile-query';
import { givenOf } from '../../../local/cosmos/sql/given';
import { parseQuery } from '../../../local/cosmos/sql/parse/parse-query';
import { CatalogueClient, type CatalogueRequest } from '../../support/cosmos/catalogue-client';

const isLong = process.env['LIFEBOAT_LONG'] === '1';
const limit = isLong ? 1_200_000 : 30_000;
const key = Buffer.from('a key for tests').toString('base64');

const pieces = (
  'SELECT VALUE DISTINCT TOP * FROM c c.a c.id c.list c["b"] x JOIN IN WHERE AND OR NOT ORDER BY DESC GROUP OFFSET LIMIT ' +
  'LIKE BETWEEN ESCAPE EXISTS ARRAY ( ) [ ] { } , . : ? ?? + - * / % = != < > <= >= || | & ^ ~ << >> 1 0 -1 2.5e3 1e999 ' +
  "'t' '%_[' '' \"q\" @p @q @ null true false undefined COUNT( SUM( LENGTH( ARRAY_CONTAINS( STARTSWITH( SUBSTRING( " +
  'REPLICATE( LEFT( ROUND( POWER( CHOOSE( TimestampToDateTime( ToString( AS a b udf. -- /* */ ; \\ # \u0000 é'
).split(' ');

const documents: readonly Json[] = [
  { id: '1', a: 1, b: 'text', list: [1, 'x', null, { deep: [[]] }], o: { p: {} } },
  { id: '2', a: null, list: 'no', constructor: 1, hasOwnProperty: [] },
];

const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join(' '));
const halfRight = fc
  .tuple(soup, soup, soup)
  .map(
    ([selected, condition, order]) => `SELECT VALUE ${selected} FROM c WHERE ${condition} ORDER BY ${order}`,
  );
const expression: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(
      'c.a',
      'c.b',
      'c.list',
      'c.o',
      'c.none',
      "'t'",
      '""',
      '1',
      '-2.5',
      'null',
      'true',
      '[]',
      '{}',
      '@p',
    ),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom('+', '=', '<', 'AND', 'OR', '||', '??', '%', '<<', 'IN ('),
        tie('any'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right}${operator === 'IN (' ? ')' : ''})`),
    fc
      .tuple(
        fc.constantFrom(
          'LENGTH',
          'ToString',
          'ABS',
          'REVERSE',
          'ARRAY_LENGTH',
          'COUNT',
          'IS_DEFINED',
          'StringToArray',
        ),
        tie('any'),
      )
      .map(([name, operand]) => `${name}(${operand})`),
    fc
      .tuple(
        fc.constantFrom('CONTAINS', 'REPLICATE', 'ARRAY_CONCAT', 'LEFT', 'SetUnion', 'ROUND'),
        tie('any'),
        tie('any'),
      )
      .map(([name, left, right]) => `${name}(${left}, ${right})`),
    tie('any').map(
      (inner) =>
        `ARRAY(SELECT VALUE y FROM y IN ${inner.startsWith('c.') ? inner : 'c.list'} WHERE ${inner})`,
    ),
  ),
})).any;
const rightQuery = fc
  .tuple(expression, expression)
  .map(([value, order]) => `SELECT VALUE ${value} FROM c ORDER BY ${order}`);

/** Everything a query may do but come to results: be refused. */
function attempt(query: string): 'answered' | 'refused' {
  try {
    const compiled = compileQuery(parseQuery(query), givenOf([{ name: '@p', value: ['x'] }], 0));
    JSON.stringify([...paged(compiled.results(documents), compiled)]);
    return 'answered';
  } catch (error) {
    if (error instanceof Failure && (error.status === 400 || error.status === 501)) return 'refused';
    throw error;
  }
}

describe('any query', () => {
  it(
    'is answered or refused, whatever it says',
    () => {
      const seen = { answered: 0, refused: 0 };
      const query = fc.oneof(soup, halfRight, rightQuery, fc.string({ unit: 'binary', maxLength: 60 }));
      fc.assert(
        fc.property(query, (text) => {
          seen[attempt(text)]++;
        }),
        { numRuns: isLong ? 100_000 : 1_500 },
      );
      expect(seen.answered).toBeGreaterThan(100);
      expect(seen.refused).toBeGreaterThan(100);
    },
    limit,
  );
});

describe('any request', () => {
  let catalogue: Catalogue;
  let client: CatalogueClient;

  beforeAll(async () => {
    catalogue = await startCatalogue({ port: 0, key });
    client = new CatalogueClient(catalogue.port, key);
    await client.send({ method: 'POST', path: 'dbs', body: { id: 'd' } });
    const body = { id: 'c', partitionKey: { paths: ['/partition'] }, defaultTtl: -1 };
    await client.send({ method: 'POST', path: 'dbs/d/colls', body });
  });

  afterAll(async () => {
    client.close();
    await catalogue.stop();
  });

  const header = fc.constantFrom<[string, string]>(
    ['x-ms-documentdb-partitionkey', '["p"]'],
    ['x-ms-documentdb-partitionkey', '[{}]'],
    ['x-ms-documentdb-partitionkey', '[[]]'],
    ['x-ms-documentdb-partitionkey', '{'],
    ['x-ms-documentdb-is-upsert', 'true'],
    ['x-ms-documentdb-isquery', 'true'],
    ['x-ms-cosmos-is-batch-request', 'true'],
    ['x-ms-cosmos-batch-atomic', 'true'],
    ['x-ms-continuation', 'eyJwYXNzZWQiOjF9'],
    ['x-ms-continuation', '~'],
    ['x-ms-max-item-count', '-1'],
    ['x-ms-max-item-count', '1e3'],
    ['if-match', '"x"'],
    ['if-none-match', '*'],
    ['a-im', 'Incremental Feed'],
    ['prefer', 'return=minimal'],
  );
  const operation = fc.record(
    {
      operationType: fc.constantFrom('Create', 'Upsert', 'Read', 'Replace', 'Delete', 'Patch', 'Swap'),
      id: fc.constantFrom('x', 'y', '', 'a/b'),
      partitionKey: fc.constantFrom('["p"]', '[]', '"p"'),
      resourceBody: fc.oneof(
        fc.constant({ id: 'x', partition: 'p' }),
        fc.array(
          fc.record({
            op: fc.constantFrom('set', 'incr', 'remove', 'move'),
            path: fc.string(),
            value: fc.jsonValue(),
          }),
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string(),
    fc
      .record({
        id: fc.constantFrom('x', 'y', 'é'),
        partition: fc.constantFrom('p', 1, null),
        ttl: fc.jsonValue(),
      })
      .map((value) => JSON.stringify(value)),
    fc.array(operation, { maxLength: 3 }).map((value) => JSON.stringify(value)),
    fc
      .oneof(soup, rightQuery)
      .map((query) => JSON.stringify({ query, parameters: [{ name: '@p', value: 1 }] })),
    fc
      .record({ id: fc.string(), partitionKey: fc.jsonValue(), defaultTtl: fc.jsonValue() })
      .map((value) => JSON.stringify(value)),
  );
  const request = fc.record<CatalogueRequest>({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
    path: fc.oneof(
      fc.constantFrom(
        'dbs/d/colls/c/docs',
        'dbs/d/colls/c/docs/x',
        'dbs',
        'dbs/d/colls',
        'dbs/d/colls/e',
        'dbs/d/colls/c/pkranges',
      ),
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 7 }).map((parts) => parts.join('/')),
    ),
    headers: fc.array(header, { maxLength: 4 }).map((headers) => Object.fromEntries(headers)),
    text: body,
  });

  it(
    'is answered with a status of the service, never a fault of the server',
    async () => {
      const statuses = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(request, async (sent) => {
          const { status, text } = await client.send(sent);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 500 || status === 503) throw new Error(`${status}: ${text}`);
          if (status >= 400) expect(Object.keys(JSON.parse(text) as object)).toEqual(['code', 'message']);
        }),
        { numRuns: isLong ? 100_000 : 500 },
      );
      expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404, 501]));
      expect((await client.send({ method: 'GET', path: 'dbs' })).status).toBe(200);
    },
    limit,
  );
});
