import { LifeboatError } from '../../shared/errors';
import type { RecordKey, RecordPage, RecordQuery, Records, StoredRecord } from '../../shared/ports/records';

interface Row {
  readonly id: string;
  readonly json: string;
  readonly etag: string;
}

/** The catalogue in memory. Keeps JSON, not objects, so that what comes out shares nothing with what went in. */
export class MemoryRecords implements Records {
  readonly #partitions = new Map<string, Map<string, Row>>();
  #writes = 0;

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    const row = this.#rows(checked(key).partition).get(key.id);
    return row === undefined ? undefined : stored(key.partition, row);
  }

  async create(key: RecordKey, body: object): Promise<StoredRecord> {
    if (this.#rows(checked(key).partition).has(key.id)) {
      throw new LifeboatError('Conflict', `the record "${key.id}" is there already`);
    }
    return this.#write(key, body);
  }

  async replace(key: RecordKey, body: object, etag: string): Promise<StoredRecord> {
    const row = this.#rows(checked(key).partition).get(key.id);
    if (row === undefined) throw new LifeboatError('NotFound', `there is no record "${key.id}"`);
    if (row.etag !== etag) throw changed(key);
    return this.#write(key, body);
  }

  async put(key: RecordKey, body: object): Promise<StoredRecord> {
    return this.#write(checked(key), body);
  }

  async remove(key: RecordKey, etag?: string): Promise<void> {
    const rows = this.#rows(checked(key).partition);
    const row = rows.get(key.id);
    if (row === undefined) return;
    if (etag !== undefined && row.etag !== etag) throw changed(key);
    rows.delete(key.id);
  }

  async list(partition: string, query: RecordQuery = {}): Promise<RecordPage> {
    checked({ partition, id: 'any' });
    const after = query.continuation === undefined ? undefined : lastOf(query.continuation);
    const matching = [...this.#rows(partition).values()]
      .filter((row) => matches(row, query) && isBeyond(row.id, after, query.descending))
      .sort((left, right) => compareIds(left.id, right.id) * (query.descending === true ? -1 : 1));
    const page = matching.slice(0, query.limit);
    const last = page.at(-1);
    const records = page.map((row) => stored(partition, row));
    if (page.length === matching.length || last === undefined) return { records };
    return { records, continuation: Buffer.from(last.id).toString('base64url') };
  }

  #rows(partition: string): Map<string, Row> {
    let rows = this.#partitions.get(partition);
    if (rows === undefined) this.#partitions.set(partition, (rows = new Map<string, Row>()));
    return rows;
  }

  #write(key: RecordKey, body: object): StoredRecord {
    const row = { id: key.id, json: JSON.stringify(body), etag: `"${++this.#writes}"` };
    if (row.json.length > 2 * 1024 * 1024) {
      throw new LifeboatError('BadRequest', `the record "${key.id}" is larger than 2 MB`);
    }
    this.#rows(key.partition).set(key.id, row);
    return stored(key.partition, row);
  }
}

function stored(partition: string, row: Row): StoredRecord {
  return { partition, id: row.id, body: JSON.parse(row.json) as unknown, etag: row.etag };
}

function isBeyond(id: string, after: string | undefined, descending = false): boolean {
  if (after === undefined) return true;
  const order = compareIds(id, after);
  return descending ? order < 0 : order > 0;
}

function matches(row: Row, { idPrefix = '', where = {} }: RecordQuery): boolean {
  if (!row.id.startsWith(idPrefix)) return false;
  const body = JSON.parse(row.json) as Record<string, unknown>;
  return Object.entries(where).every(([name, value]) => body[name] === value);
}

/** By code point, as catalogues compare, not by UTF-16 unit as JavaScript does. */
function compareIds(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function lastOf(continuation: string): string {
  if (!/^[\w-]+$/.test(continuation)) throw new LifeboatError('BadRequest', 'this continuation is not ours');
  return Buffer.from(continuation, 'base64url').toString();
}

function checked(key: RecordKey): RecordKey {
  const { partition, id } = key;
  const fits = id !== '' && Buffer.byteLength(id) <= 1023 && Buffer.byteLength(partition) <= 1023;
  if (!fits || partition === '' || /\p{Surrogate}/u.test(partition + id)) {
    throw new LifeboatError('BadRequest', 'a record needs a partition and an id of 1 to 1023 bytes of text');
  }
  return key;
}

function changed(key: RecordKey): LifeboatError {
  return new LifeboatError('PreconditionFailed', `the record "${key.id}" was changed by somebody else`);
}
