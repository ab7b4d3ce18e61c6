import fc from 'fast-check';
import { type Catalogue, startCatalogue } from '../../../local/cosmos';
import { compareText } from '../../../local/cosmos/json';
import { migrations } from '../../../local/cosmos/data/schema';
import { scanned } from '../../../local/cosmos/data/scan';
import { idOrderOf, idRangeOf } from '../../../local/cosmos/sql/id-range';
import { parseQuery } from '../../../local/cosmos/sql/parse/parse-query';
import { openStore } from '../../../local/store';
import { CatalogueClient } from '../../support/cosmos/catalogue-client';

const key = Buffer.from('a key for tests').toString('base64');
const docs = 'dbs/d/colls/c/docs';

describe('the range of ids a query can find', () => {
  const parameters = new Map([['@p', 'ab']]);
  it.each([
    ['c.id = "x"', { from: 'x', to: 'x' }],
    ['c["id"] = @p', { from: 'ab', to: 'ab' }],
    ['STARTSWITH(c.id, @p)', { from: 'ab', to: 'ac' }],
    ['STARTSWITH(c.id, "a\ud7ff")', { from: 'a\ud7ff', to: 'a\ue000' }],
    ['STARTSWITH(c.id, "a\u{10ffff}")', { from: 'a\u{10ffff}', to: 'b' }],
    ['STARTSWITH(c.id, "ab") AND c.id > "abc" AND c.x = 1', { from: 'abc', to: 'ac' }],
    ['c.id BETWEEN "a" AND "b"', { from: 'a', to: 'b' }],
    ['c.id < "b" AND c.id < "a"', { to: 'a' }],
    ['c.id = "x" OR c.x = 1', {}],
    ['NOT (c.id = "x")', {}],
    ['STARTSWITH(c.id, "ab", true)', {}],
    ['STARTSWITH(c.name, "ab")', {}],
    ['c.inner.id = "x"', {}],
    ['c.id = 1', {}],
    ['c.id != "x"', {}],
  ])('of WHERE %s is %j', (condition, range) => {
    expect(idRangeOf(parseQuery(`SELECT * FROM c WHERE ${condition}`), parameters)).toEqual(range);
  });

  it.each([
    ['SELECT * FROM c', 'ascending'],
    ['SELECT * FROM c ORDER BY c.id', 'ascending'],
    ['SELECT * FROM c ORDER BY c.id DESC', 'descending'],
    ['SELECT * FROM c ORDER BY c.id, c.x', undefined],
    ['SELECT * FROM c ORDER BY c.name', undefined],
    ['SELECT * FROM c ORDER BY c.inner.id', undefined],
  ])('of %s comes in index order %s', (query, order) => {
    expect(idOrderOf(parseQuery(query))).toBe(order);
  });

  it('is found through the index, never by going through the table', async () => {
    const store = openStore({ file: ':memory:', migrations, name: 'the catalogue' });
    const steps: string[] = [];
    store.read((database) => {
      const explaining = {
        ...database,
        all: (sql: string, ...values: readonly (string | number)[]) => {
          steps.push(
            database
              .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
              .map(({ detail }) => detail)
              .join('; '),
          );
          return [];
        },
      };
      const whole = { text: '["p"]', isWhole: true };
      const scans = [
        { container: 1, partition: whole, fromId: 'a', toId: 'b' },
        { container: 1, partition: whole, isDescending: true, after: { partition: '["p"]', id: 'x' } },
        { container: 1, after: { partition: '["p"]', id: 'x' } },
        { container: 1, partition: { text: '["p"]', isWhole: false } },
      ];
      for (const scan of scans) expect([...scanned(explaining, scan)]).toEqual([]);
    });
    expect(steps).toHaveLength(4);
    for (const step of steps) {
      expect(step).toMatch(/^SEARCH documents USING INDEX documents_by_key \(container=\? AND /);
      expect(step).not.toContain('TEMP B-TREE');
    }
    await store.close();
  });
});

describe('pages of a query', () => {
  let catalogue: Catalogue;
  let client: CatalogueClient;
  let containers = 0;

  beforeAll(async () => {
    catalogue = await startCatalogue({ port: 0, key });
    client = new CatalogueClient(catalogue.port, key);
    await client.send({ method: 'POST', path: 'dbs', body: { id: 'd' } });
  });

  afterAll(async () => {
    client.close();
    await catalogue.stop();
  });

  async function all(path: string, query: string, headers: Record<string, string>): Promise<string[]> {
    const found: string[] = [];
    for (let continuation: Record<string, string> = {}; ;) {
      const answer = await client.query(path, query, { ...headers, ...continuation });
      expect(answer.status).toBe(200);
      found.push(...(JSON.parse(answer.text) as { Documents: string[] }).Documents);
      const next = answer.headers['x-ms-continuation'];
      if (typeof next !== 'string') return found;
      continuation = { 'x-ms-continuation': next };
    }
  }

  // Method: what the index finds, page by page, must be what filtering all documents finds.
  it('hold exactly what the conditions let through, in order, however small the pages', async () => {
    const id = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '\uffff', '😀', '_'),
      minLength: 1,
      maxLength: 4,
    });
    const input = fc.record({
      ids: fc.uniqueArray(id, { minLength: 1, maxLength: 12 }),
      from: id,
      to: id,
      prefix: fc.oneof(fc.constant(''), id),
      pageSize: fc.integer({ min: 1, max: 5 }),
      isDescending: fc.boolean(),
      take: fc.integer({ min: 0, max: 6 }),
      skip: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ ids, from, to, prefix, pageSize, isDescending, take, skip }) => {
        const name = `c${containers++}`;
        const definition = { id: name, partitionKey: { paths: ['/partition'] } };
        await client.send({ method: 'POST', path: 'dbs/d/colls', body: definition });
        const path = docs.replace('/c/', `/${name}/`);
        await Promise.all(
          ids.flatMap((each) =>
            ['p', 'q'].map((partition) =>
              client.send({ method: 'POST', path, body: { id: each, partition } }),
            ),
          ),
        );
        const texts = [from, to, prefix].map((text) => JSON.stringify(text));
        const where = `WHERE c.id >= ${texts[0]} AND c.id < ${texts[1]} AND STARTSWITH(c.id, ${texts[2]})`;
        const sql = `SELECT VALUE c.id FROM c ${where} ORDER BY c.id ${isDescending ? 'DESC' : 'ASC'}`;
        const wanted = ids
          .filter(
            (each) => compareText(each, from) >= 0 && compareText(each, to) < 0 && each.startsWith(prefix),
          )
          .sort((left, right) => compareText(left, right) * (isDescending ? -1 : 1));
        const size = { 'x-ms-max-item-count': String(pageSize) };
        const inP = { ...size, 'x-ms-documentdb-partitionkey': '["p"]' };
        expect(await all(path, sql, inP)).toEqual(wanted);
        expect(await all(path, `${sql} OFFSET ${skip} LIMIT ${take}`, inP)).toEqual(
          wanted.slice(skip, skip + take),
        );
        expect(await all(path, sql, size)).toEqual(wanted.flatMap((each) => [each, each]));
      }),
      { numRuns: 30 },
    );
  });
});
