import fc from 'fast-check';
import type { RecordQuery, Records } from '../../shared/ports/records';

const key = { partition: 'vault', id: 'item' };

/** What every catalogue must do. `create` gives an empty one each time. */
export function describeRecords(name: string, create: () => Promise<Records>): void {
  describe(`${name} keeps records`, () => {
    describeSingleRecords(create);
    describeRaces(create);
    describeLists(create);
    describeIds(create);
    describeRefusals(create);
  });
}

function describeSingleRecords(create: () => Promise<Records>): void {
  it('gives back what was created, with an etag', async () => {
    const records = await create();
    const body = { text: 'é 😀', number: 1.5, nothing: null, list: [1, { deep: true }] };
    const created = await records.create(key, body);
    expect(created).toEqual({ ...key, body, etag: expect.any(String) });
    expect(await records.get(key)).toEqual(created);
  });

  it('knows nothing of a record that was never written, nor of one in another partition', async () => {
    const records = await create();
    await records.create(key, {});
    expect(await records.get({ partition: 'vault', id: 'other' })).toBeUndefined();
    expect(await records.get({ partition: 'other', id: 'item' })).toBeUndefined();
  });

  it('refuses to create twice, and keeps the first', async () => {
    const records = await create();
    await records.create(key, { first: true });
    await expect(records.create(key, { first: false })).rejects.toMatchObject({ code: 'Conflict' });
    expect((await records.get(key))?.body).toEqual({ first: true });
  });

  it('replaces only at the etag that was read', async () => {
    const records = await create();
    const { etag } = await records.create(key, { version: 1 });
    const second = await records.replace(key, { version: 2 }, etag);
    expect(second.etag).not.toBe(etag);
    const late = records.replace(key, { version: 3 }, etag);
    await expect(late).rejects.toMatchObject({ code: 'PreconditionFailed' });
    expect(await records.get(key)).toEqual(second);
  });

  it('replaces the whole body, not parts of it', async () => {
    const records = await create();
    const { etag } = await records.create(key, { old: 1 });
    expect((await records.replace(key, { new: 2 }, etag)).body).toEqual({ new: 2 });
  });

  it('refuses to replace what is not there', async () => {
    const records = await create();
    const { etag } = await records.create(key, {});
    await records.remove(key);
    await expect(records.replace(key, {}, etag)).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('puts whether the record is there or not, with a new etag each time', async () => {
    const records = await create();
    const first = await records.put(key, { version: 1 });
    const second = await records.put(key, { version: 2 });
    expect(second.etag).not.toBe(first.etag);
    expect((await records.get(key))?.body).toEqual({ version: 2 });
  });

  it('removes, any number of times', async () => {
    const records = await create();
    await records.put(key, {});
    await records.remove(key);
    await records.remove(key);
    expect(await records.get(key)).toBeUndefined();
  });

  it('refuses to remove a record that changed, and does not mind one that has gone', async () => {
    const records = await create();
    const { etag } = await records.put(key, { version: 1 });
    const { etag: now } = await records.put(key, { version: 2 });
    await expect(records.remove(key, etag)).rejects.toMatchObject({ code: 'PreconditionFailed' });
    await records.remove(key, now);
    await records.remove(key, now);
    expect(await records.get(key)).toBeUndefined();
  });

  it('shares nothing with the objects it was given', async () => {
    const records = await create();
    const body = { list: [1] };
    await records.put(key, body);
    body.list.push(2);
    expect((await records.get(key))?.body).toEqual({ list: [1] });
  });

  it('keeps names in the body that a catalogue might use itself', async () => {
    const records = await create();
    const body = { id: 'mine', partition: 'mine', etag: 'mine', _etag: 'mine', ttl: 1, _ts: 0 };
    await records.put(key, body);
    expect((await records.get(key))?.body).toEqual(body);
  });
}

function describeRaces(create: () => Promise<Records>): void {
  it('lets exactly one of many creators win', async () => {
    const records = await create();
    const tries = Array.from({ length: 8 }, (_, writer) => records.create(key, { writer }));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('lets exactly one of many replacers of the same etag win', async () => {
    const records = await create();
    const { etag } = await records.create(key, {});
    const tries = Array.from({ length: 8 }, (_, writer) => records.replace(key, { writer }, etag));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
}

function describeLists(create: () => Promise<Records>): void {
  const idsOf = async (records: Records, query?: RecordQuery): Promise<readonly string[]> =>
    (await records.list('vault', query)).records.map(({ id }) => id);

  async function withRecords(...ids: readonly string[]): Promise<Records> {
    const records = await create();
    for (const id of ids) await records.put({ partition: 'vault', id }, { size: id.length, first: id[0] });
    await records.put({ partition: 'other', id: 'a-stranger' }, { size: 2 });
    return records;
  }

  it('lists one partition in order of ids, each way', async () => {
    const records = await withRecords('b', 'a', 'c/1', 'c', 'C');
    expect(await idsOf(records)).toEqual(['C', 'a', 'b', 'c', 'c/1']);
    expect(await idsOf(records, { descending: true })).toEqual(['c/1', 'c', 'b', 'a', 'C']);
  });

  it('lists nothing of a partition that holds nothing, on one last page', async () => {
    expect(await (await create()).list('empty', { limit: 5 })).toEqual({ records: [] });
  });

  it('lists only ids that begin so', async () => {
    const records = await withRecords('a', 'ab', 'ab/c', 'ac', 'b', 'xab');
    expect(await idsOf(records, { idPrefix: 'ab' })).toEqual(['ab', 'ab/c']);
    expect(await idsOf(records, { idPrefix: 'ab', descending: true })).toEqual(['ab/c', 'ab']);
    expect(await idsOf(records, { idPrefix: 'none' })).toEqual([]);
  });

  it('takes a prefix literally', async () => {
    const records = await withRecords('100%', '100', '1_0', "o'clock", 'a"b');
    expect(await idsOf(records, { idPrefix: '100%' })).toEqual(['100%']);
    expect(await idsOf(records, { idPrefix: '1_' })).toEqual(['1_0']);
    expect(await idsOf(records, { idPrefix: "o'" })).toEqual(["o'clock"]);
    expect(await idsOf(records, { idPrefix: 'a"' })).toEqual(['a"b']);
  });

  it('lists only records whose body has these values', async () => {
    const records = await withRecords('a', 'bb', 'ba', 'ccc');
    await records.put({ partition: 'vault', id: 'd' }, { size: '2', on: true, 'odd "name"': 0.5 });
    expect(await idsOf(records, { where: { size: 2 } })).toEqual(['ba', 'bb']);
    expect(await idsOf(records, { where: { size: 2, first: 'b' }, idPrefix: 'bb' })).toEqual(['bb']);
    expect(await idsOf(records, { where: { on: true, 'odd "name"': 0.5 } })).toEqual(['d']);
    expect(await idsOf(records, { where: { on: false } })).toEqual([]);
  });

  it.each([{}, { descending: true }, { idPrefix: 'a' }, { where: { size: 2 } }])(
    'turns pages of %j without a gap or a double',
    async (query) => {
      const ids = ['a', 'a/', 'a0', 'a1', 'ab', 'b', 'b?', 'c', 'zz'];
      const records = await withRecords(...ids);
      const whole = await idsOf(records, query);
      for (const limit of [1, 2, 3, whole.length, whole.length + 1]) {
        expect(await pagesOf(records, { ...query, limit })).toEqual(whole);
      }
    },
  );

  it('keeps its place when records come and go between pages', async () => {
    const records = await withRecords('a', 'b', 'c', 'd');
    const { continuation } = await records.list('vault', { limit: 2 });
    await records.remove({ partition: 'vault', id: 'b' });
    await records.put({ partition: 'vault', id: 'aa' }, {});
    await records.put({ partition: 'vault', id: 'e' }, {});
    expect(await idsOf(records, continuation === undefined ? {} : { continuation })).toEqual(['c', 'd', 'e']);
  });

  it('gives everything on one page when no limit is named', async () => {
    const records = await create();
    const ids = Array.from({ length: 250 }, (_, index) => `item-${String(index).padStart(4, '0')}`);
    await Promise.all(ids.map((id) => records.put({ partition: 'vault', id }, {})));
    const { records: found, continuation } = await records.list('vault');
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(continuation).toBeUndefined();
  });

  it('lists records as they are read one by one', async () => {
    const records = await withRecords('a', 'b');
    const [first] = (await records.list('vault')).records;
    expect(first).toEqual(await records.get({ partition: 'vault', id: 'a' }));
  });
}

function describeIds(create: () => Promise<Records>): void {
  it('takes any text for an id and a partition', async () => {
    const records = await create();
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(...'/\\?#.>["12 %+&=é😀\u0000\u007f~A'),
        minLength: 1,
        maxLength: 12,
      }),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.uniqueArray(text, { minLength: 1, maxLength: 6 }), async (partition, ids) => {
        for (const id of ids) await records.put({ partition, id }, { is: id });
        for (const id of ids) expect((await records.get({ partition, id }))?.body).toEqual({ is: id });
        const listed = (await records.list(partition)).records.map(({ id }) => id);
        expect(listed).toEqual(ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
        const idPrefix = ids[0]?.slice(0, 1).replace(/\p{Surrogate}/u, '') ?? '';
        const begun = (await records.list(partition, { idPrefix })).records.map(({ id }) => id);
        expect(begun).toEqual(listed.filter((id) => id.startsWith(idPrefix)));
        for (const id of ids) await records.remove({ partition, id });
      }),
      { numRuns: 25 },
    );
  });

  it('takes an id as long as a resource id may be', async () => {
    const records = await create();
    const id = `/subscriptions/${'x'.repeat(480)}/${'y'.repeat(480)}`;
    await records.put({ partition: 'vault', id }, {});
    expect((await records.list('vault')).records).toMatchObject([{ id }]);
  });
}

function describeRefusals(create: () => Promise<Records>): void {
  it.each([
    ['an empty id', { partition: 'vault', id: '' }],
    ['an empty partition', { partition: '', id: 'item' }],
    ['an id over 1023 bytes', { partition: 'vault', id: 'é'.repeat(512) }],
    ['half a character', { partition: 'vault', id: 'a\ud800' }],
  ])('refuses %s', async (_, wrong) => {
    const records = await create();
    await expect(records.put(wrong, {})).rejects.toMatchObject({ code: 'BadRequest' });
    await expect(records.get(wrong)).rejects.toMatchObject({ code: 'BadRequest' });
  });

  it('refuses a record over 2 MB', async () => {
    const records = await create();
    const put = records.put(key, { text: 'x'.repeat(2 * 1024 * 1024) });
    await expect(put).rejects.toMatchObject({ code: 'BadRequest' });
    expect(await records.get(key)).toBeUndefined();
  });

  it('refuses a continuation that it did not make', async () => {
    const records = await create();
    const page = records.list('vault', { continuation: '{"not": ours}' });
    await expect(page).rejects.toMatchObject({ code: 'BadRequest' });
  });
}

async function pagesOf(records: Records, query: RecordQuery): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let continuation: string | undefined; ;) {
    const page = await records.list('vault', continuation === undefined ? query : { ...query, continuation });
    ids.push(...page.records.map(({ id }) => id));
    expect(page.records.length).toBeLessThanOrEqual(query.limit ?? Infinity);
    if (page.continuation === undefined) return ids;
    continuation = page.continuation;
  }
}
