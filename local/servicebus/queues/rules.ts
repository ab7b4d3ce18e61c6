import { BrokerError } from '../broker-error';
import { type MessageFields } from '../encoding/incoming-message';
import { type Store } from '../../store';
import { type Filter, isMatch, storedFilter } from './filter';

/** The rules of one subscription: a message gets in when any of them matches. */
export class Rules {
  readonly #filters = new Map<string, Filter>();

  constructor(
    private readonly store: Store,
    private readonly queue: number,
  ) {}

  load(): void {
    const rows = this.store.read((database) =>
      database.all<{ name: string; filter: string }>(
        'SELECT name, filter FROM rules WHERE queue = ? ORDER BY name',
        this.queue,
      ),
    );
    for (const { name, filter } of rows) this.#filters.set(name, storedFilter.parse(JSON.parse(filter)));
  }

  list(): [string, Filter][] {
    return [...this.#filters];
  }

  async add(name: string, filter: Filter): Promise<void> {
    if (this.#filters.has(name)) throw alreadyThere(name);
    const { changes } = await this.store.write((database) =>
      database.run(
        'INSERT OR IGNORE INTO rules (queue, name, filter) VALUES (?, ?, ?)',
        this.queue,
        name,
        JSON.stringify(filter),
      ),
    );
    if (changes === 0) throw alreadyThere(name);
    this.#filters.set(name, filter);
  }

  async remove(name: string): Promise<void> {
    if (!this.#filters.has(name)) {
      throw new BrokerError('amqp:not-found', `The messaging entity rule '${name}' could not be found.`);
    }
    await this.store.write((database) =>
      database.run('DELETE FROM rules WHERE queue = ? AND name = ?', this.queue, name),
    );
    this.#filters.delete(name);
  }

  isMatch(fields: MessageFields): boolean {
    for (const filter of this.#filters.values()) if (isMatch(filter, fields)) return true;
    return false;
  }
}

function alreadyThere(name: string): BrokerError {
  return new BrokerError('com.microsoft:entity-already-exists', `The rule '${name}' already exists.`);
}
