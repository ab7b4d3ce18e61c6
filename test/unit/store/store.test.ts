import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../../local/store';

const migrations = ['CREATE TABLE fruit (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, data)'];

describe('store', () => {
  let folder: string;
  let file: string;
  const opened: Store[] = [];

  const open = (options: { file?: string; migrations?: readonly string[] } = {}): Store => {
    const store = openStore({ file, name: 'fruit store', migrations, ...options });
    opened.push(store);
    return store;
  };
  const add = (store: Store, name: string, data: string | number | Uint8Array | null = null) =>
    store.write((database) => database.run('INSERT INTO fruit (name, data) VALUES (?, ?)', name, data));
  const names = (store: Store) =>
    store.read((database) =>
      database.all<{ name: string }>('SELECT name FROM fruit ORDER BY id').map((row) => row.name),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    file = join(folder, 'deeper', 'fruit.db');
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what was written when it is opened again', async () => {
    const store = open();
    await add(store, 'apple');
    await store.close();
    expect(names(open())).toEqual(['apple']);
  });

  it('gives every kind of value back as it was', async () => {
    const store = open();
    const values = ['text', 7, -1.5, 2 ** 52 + 1, new Uint8Array([1, 2, 3]), null];
    for (const [index, value] of values.entries()) await add(store, String(index), value);
    const found = store.read((database) =>
      database.all('SELECT data, typeof(data) AS kind FROM fruit ORDER BY id'),
    );
    expect(found.map(({ data }) => (data instanceof Uint8Array ? new Uint8Array(data) : data))).toEqual(
      values,
    );
    expect(found.map(({ kind }) => kind)).toEqual(['text', 'integer', 'real', 'integer', 'blob', 'null']);
    const one = store.read((database) => database.get('SELECT data FROM fruit WHERE name = ?', '4'));
    expect(one?.['data']).toBeInstanceOf(Uint8Array);
    expect(Object.keys(one ?? {})).toEqual(['data']);
  });

  it('refuses a value SQLite cannot hold', async () => {
    const store = open();
    const wrong = true as unknown as number;
    await expect(add(store, 'wrong', wrong)).rejects.toThrow('SQLite cannot hold a value of type boolean');
    await expect(
      store.write((database) => database.run('SELECT ?', undefined as unknown as null)),
    ).rejects.toThrow('undefined');
  });

  it('shares one transaction among the changes of a tick', async () => {
    const store = open();
    const seen: number[] = [];
    const count = () =>
      store.read((database) => database.get<{ n: number }>('SELECT count(*) AS n FROM fruit')?.n ?? -1);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await add(store, `fruit ${index}`);
        seen.push(count());
      }),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, () => 20));
  });

  it('undoes only the change that throws', async () => {
    const store = open();
    const results = await Promise.allSettled([
      add(store, 'apple'),
      store.write((database) => {
        database.run('INSERT INTO fruit (name) VALUES (?)', 'lost');
        throw new Error('second thoughts');
      }),
      add(store, 'apple'),
      add(store, 'pear'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(names(store)).toEqual(['apple', 'pear']);
  });

  it('refuses a change that waits, and a read inside a write', async () => {
    const store = open();
    const waiting = store.write(async (database) =>
      database.run('INSERT INTO fruit (name) VALUES (?)', 'lost'),
    );
    await expect(waiting).rejects.toMatchObject({ code: 'misused' });
    await expect(store.write(() => names(store))).rejects.toMatchObject({ code: 'misused' });
    expect(names(store)).toEqual([]);
  });

  it('rejects the writes a full disk cannot take, and goes on when there is room', async () => {
    const store = open();
    await add(store, 'apple');
    const limit = (pages: number) =>
      store.read((database) => database.all(`PRAGMA max_page_count = ${pages}`));
    limit(8);
    const results = await Promise.allSettled([
      add(store, 'pear'),
      add(store, 'melon', new Uint8Array(1_000_000)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(String((results[0] as PromiseRejectedResult).reason)).toMatch(
      /fruit store \(.*\) could not be written: database or disk is full/,
    );
    expect(names(store)).toEqual(['apple']);
    limit(100_000);
    await add(store, 'melon', new Uint8Array(1_000_000));
    expect(names(store)).toEqual(['apple', 'melon']);
  });

  it('lets nobody else in, in this process or another, until it is closed', async () => {
    const store = open();
    await add(store, 'apple');
    expect(() => open()).toThrow(/fruit store \(.*\) is already open in another process/);
    const script = `
      const Libsql = require('libsql');
      const second = new Libsql(process.argv[1]);
      try { second.exec('BEGIN IMMEDIATE'); } catch (error) { console.log(error.code); }`;
    expect(spawnSync(process.execPath, ['-e', script, file], { encoding: 'utf8' }).stdout.trim()).toBe(
      'SQLITE_BUSY',
    );
    await store.close();
    expect(names(open())).toEqual(['apple']);
  });

  it('brings an older file to the newest schema, and keeps its rows', async () => {
    const old = open();
    await add(old, 'apple');
    await old.close();
    const store = open({
      migrations: [...migrations, "ALTER TABLE fruit ADD COLUMN colour TEXT DEFAULT 'green'"],
    });
    expect(store.read((database) => database.get('SELECT name, colour FROM fruit'))).toEqual({
      name: 'apple',
      colour: 'green',
    });
  });

  it('refuses a file of a newer program, a broken migration and a file that is no database', async () => {
    await open({ migrations: [...migrations, 'CREATE TABLE later (id)'] }).close();
    expect(() => open()).toThrow(
      /newer program: its schema is version 2, this program knows versions up to 1/,
    );
    expect(() => open({ file: join(folder, 'b.db'), migrations: ['CREATE NONSENSE'] })).toThrow(
      /cannot be read/,
    );
    writeFileSync(join(folder, 'c.db'), 'not a database at all, and long enough to be looked at'.repeat(100));
    expect(() => open({ file: join(folder, 'c.db') })).toThrow(
      /fruit store .* cannot be read: file is not a database/,
    );
    expect(() => open({ file: '/dev/null/x/y.db' })).toThrow(/cannot be opened/);
  });

  it('gives space back when it is compacted', async () => {
    const store = open();
    await add(store, 'melon', new Uint8Array(4_000_000));
    await store.write((database) => database.run('DELETE FROM fruit'));
    const pages = () =>
      store.read((database) => database.get<{ page_count: number }>('PRAGMA page_count')?.page_count);
    const before = pages() ?? 0;
    await store.compact();
    expect(pages()).toBeLessThan(before / 10);
  });

  it('commits what is queued before it closes, and refuses what comes after', async () => {
    const store = open();
    const late = add(store, 'apple');
    await store.close();
    await late;
    await expect(add(store, 'pear')).rejects.toMatchObject({ code: 'closed' });
    expect(() => names(store)).toThrow(/is closed/);
    expect(names(open())).toEqual(['apple']);
  });

  it('works in memory', async () => {
    const store = open({ file: ':memory:' });
    await add(store, 'apple');
    expect(names(store)).toEqual(['apple']);
  });
});
