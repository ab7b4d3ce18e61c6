import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LifeboatError } from '../errors';
import type { Ids } from '../ports/ids';
import type { RecordKey, RecordPage, RecordQuery, Records, StoredRecord } from '../ports/records';
import { readIfThere, writeDurably } from './durable-json';
import { NamedTurns } from './named-turns';

const Row = z.strictObject({ partition: z.string(), id: z.string(), etag: z.string(), json: z.string() });
type Row = z.infer<typeof Row>;

const largestBodyBytes = 2 * 1024 * 1024;
const largestKeyBytes = 1023;

/** A small catalogue in a folder: a file for each record, all of them in memory too. One process at a time may use it. */
export class FileRecords implements Records {
  readonly #turns = new NamedTurns();

  private constructor(
    private readonly folder: string,
    private readonly ids: Ids,
    private readonly partitions: Map<string, Map<string, Row>>,
  ) {}

  static async open(folder: string, ids: Ids): Promise<FileRecords> {
    await mkdir(folder, { recursive: true });
    const partitions = new Map<string, Map<string, Row>>();
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.json')) continue;
      const row = Row.parse(await readIfThere(join(folder, name)));
      const rows = partitions.get(row.partition) ?? new Map<string, Row>();
      partitions.set(row.partition, rows.set(row.id, row));
    }
    return new FileRecords(folder, ids, partitions);
  }

  get(key: RecordKey): Promise<StoredRecord | undefined> {
    return inPromise(() => {
      const row = this.#row(key);
      return row === undefined ? undefined : stored(row);
    });
  }

  create(key: RecordKey, body: object): Promise<StoredRecord> {
    return this.#change(key, (row) => {
      if (row === undefined) return body;
      throw new LifeboatError('Conflict', `The record "${key.id}" is there already.`);
    });
  }

  replace(key: RecordKey, body: object, etag: string): Promise<StoredRecord> {
    return this.#change(key, (row) => {
      if (row === undefined) throw new LifeboatError('NotFound', `There is no record "${key.id}".`);
      expectUnchanged(row, etag);
      return body;
    });
  }

  put(key: RecordKey, body: object): Promise<StoredRecord> {
    return this.#change(key, () => body);
  }

  async remove(key: RecordKey, etag?: string): Promise<void> {
    const path = this.#path(key);
    await this.#turns.take(path, async () => {
      const row = this.#row(key);
      if (row === undefined) return;
      if (etag !== undefined) expectUnchanged(row, etag);
      await rm(path, { force: true });
      this.partitions.get(key.partition)?.delete(key.id);
    });
  }

  list(partition: string, query: RecordQuery = {}): Promise<RecordPage> {
    return inPromise(() => pageOf([...(this.partitions.get(partition)?.values() ?? [])], query));
  }

  #row(key: RecordKey): Row | undefined {
    expectKey(key);
    return this.partitions.get(key.partition)?.get(key.id);
  }

  async #change(key: RecordKey, bodyAfter: (row: Row | undefined) => object): Promise<StoredRecord> {
    expectKey(key);
    const { partition, id } = key;
    const path = this.#path(key);
    return this.#turns.take(path, async () => {
      const json = JSON.stringify(bodyAfter(this.#row(key)));
      if (Buffer.byteLength(json) > largestBodyBytes) {
        throw new LifeboatError('BadRequest', `The record "${id}" is larger than 2 MB.`);
      }
      const row: Row = { partition, id, etag: this.ids.uuid(), json };
      await writeDurably(path, row);
      const rows = this.partitions.get(partition) ?? new Map<string, Row>();
      this.partitions.set(partition, rows.set(id, row));
      return stored(row);
    });
  }

  /** Any text can be a key, and not every text a file's name. */
  #path({ partition, id }: RecordKey): string {
    const name = createHash('sha256')
      .update(JSON.stringify([partition, id]))
      .digest('hex');
    return join(this.folder, `${name}.json`);
  }
}

function pageOf(rows: readonly Row[], query: RecordQuery): RecordPage {
  const after = query.continuation === undefined ? undefined : idIn(query.continuation);
  const direction = query.descending === true ? -1 : 1;
  const matching = rows
    .filter((row) => matches(row, query))
    .filter(({ id }) => after === undefined || compareIds(id, after) * direction > 0)
    .sort((left, right) => compareIds(left.id, right.id) * direction);
  const page = matching.slice(0, query.limit);
  const last = page.at(-1);
  const records = page.map(stored);
  if (page.length === matching.length || last === undefined) return { records };
  return { records, continuation: Buffer.from(last.id).toString('base64url') };
}

function matches({ id, json }: Row, { idPrefix = '', where = {} }: RecordQuery): boolean {
  if (!id.startsWith(idPrefix)) return false;
  const values = Object.entries(where);
  if (values.length === 0) return true;
  const body = z.record(z.string(), z.unknown()).parse(JSON.parse(json));
  return values.every(([name, value]) => body[name] === value);
}

/** By code point, as every catalogue compares. */
function compareIds(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function idIn(continuation: string): string {
  if (/^[\w-]+$/.test(continuation)) return Buffer.from(continuation, 'base64url').toString();
  throw new LifeboatError('BadRequest', 'This continuation is not ours.');
}

function expectKey({ partition, id }: RecordKey): void {
  const isFit = [partition, id].every(
    (text) => text !== '' && Buffer.byteLength(text) <= largestKeyBytes && !/\p{Surrogate}/u.test(text),
  );
  if (isFit) return;
  throw new LifeboatError('BadRequest', 'A record needs a partition and an id of 1 to 1023 bytes of text.');
}

function expectUnchanged(row: Row, etag: string): void {
  if (row.etag === etag) return;
  throw new LifeboatError('PreconditionFailed', `The record "${row.id}" was changed by somebody else.`);
}

function stored({ partition, id, etag, json }: Row): StoredRecord {
  return { partition, id, etag, body: JSON.parse(json) as unknown };
}

/** What it throws is a rejection, as callers of a port expect. */
function inPromise<T>(act: () => T): Promise<T> {
  return Promise.resolve().then(act);
}
