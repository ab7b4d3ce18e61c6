import { LifeboatError } from '../../shared/errors';
import type { RecordKey, RecordPage, RecordQuery, Records, StoredRecord } from '../../shared/ports/records';

/** As much of a catalogue as replication needs, and fast: no paging, no conditions but etags. */
export class SimulatedRecords implements Records {
  readonly #partitions = new Map<string, Map<string, StoredRecord>>();
  #writes = 0;

  async get({ partition, id }: RecordKey): Promise<StoredRecord | undefined> {
    return this.#partitions.get(partition)?.get(id);
  }

  async create(key: RecordKey, body: object): Promise<StoredRecord> {
    if (this.#partitions.get(key.partition)?.has(key.id) === true)
      throw new LifeboatError('Conflict', key.id);
    return this.put(key, body);
  }

  async replace(key: RecordKey, body: object, etag: string): Promise<StoredRecord> {
    const stored = this.#partitions.get(key.partition)?.get(key.id);
    if (stored === undefined) throw new LifeboatError('NotFound', key.id);
    if (stored.etag !== etag) throw new LifeboatError('PreconditionFailed', key.id);
    return this.put(key, body);
  }

  async put({ partition, id }: RecordKey, body: object): Promise<StoredRecord> {
    let records = this.#partitions.get(partition);
    if (records === undefined) this.#partitions.set(partition, (records = new Map()));
    const stored = { partition, id, body, etag: String(++this.#writes) };
    records.set(id, stored);
    return stored;
  }

  async remove({ partition, id }: RecordKey): Promise<void> {
    this.#partitions.get(partition)?.delete(id);
  }

  async list(partition: string, { descending = false }: RecordQuery = {}): Promise<RecordPage> {
    const records = [...(this.#partitions.get(partition)?.values() ?? [])];
    records.sort((left, right) => (left.id < right.id ? -1 : 1));
    return { records: descending ? records.reverse() : records };
  }

  /** True where a listing has nothing to find: not worth a request. */
  isEmpty(partition: string): boolean {
    return (this.#partitions.get(partition)?.size ?? 0) === 0;
  }

  /** Everything, for the inventory at the end. */
  names(): readonly string[] {
    return [...this.#partitions].flatMap(([partition, records]) =>
      [...records.keys()].map((id) => `${partition}/${id}`),
    );
  }
}
