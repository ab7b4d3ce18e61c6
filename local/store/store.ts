import type Libsql from 'libsql';
import { connect, release } from './connect';
import { type Database, viewOf } from './database';
import { messageOf, StoreError } from './errors';

export interface Store {
  /**
   * Runs in the next group transaction (all changes queued in a tick share one fsync); resolves once durable.
   * If it throws, only its own changes are undone and the promise rejects.
   */
  write<T>(change: (database: Database) => T): Promise<T>;
  /** Reads what is committed. Synchronous. */
  read<T>(query: (database: Database) => T): T;
  compact(): Promise<void>;
  /** Commits what is queued, then gives the file back. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** A path, or `:memory:`. Its folder is created. */
  readonly file: string;
  /** The SQL that leads from each schema version to the next: the index is the version it starts from. */
  readonly migrations: readonly string[];
  /** What errors call this store. */
  readonly name: string;
}

export function openStore(options: StoreOptions): Store {
  return new SqliteStore(connect(options), options);
}

interface Change {
  readonly run: (database: Database) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

class SqliteStore implements Store {
  readonly #connection: Libsql.Database;
  readonly #database: Database;
  readonly #label: string;
  #queue: Change[] = [];
  #isWriting = false;
  #isClosed = false;

  constructor(connection: Libsql.Database, { name, file }: StoreOptions) {
    this.#connection = connection;
    this.#database = viewOf(connection);
    this.#label = `${name} (${file})`;
  }

  write<T>(change: (database: Database) => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(this.#closedError());
    return new Promise<T>((resolve, reject) => {
      if (this.#queue.length === 0) setImmediate(() => this.#commitQueued());
      this.#queue.push({ run: change, resolve: resolve as Change['resolve'], reject });
    });
  }

  read<T>(query: (database: Database) => T): T {
    if (this.#isClosed) throw this.#closedError();
    if (this.#isWriting) {
      throw new StoreError('misused', `${this.#label}: inside a write, read with the database it was given`);
    }
    return query(this.#database);
  }

  async compact(): Promise<void> {
    this.#commitQueued();
    if (this.#isClosed) throw this.#closedError();
    this.#connection.exec('VACUUM');
    this.#connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#commitQueued();
    this.#isClosed = true;
    release(this.#connection);
  }

  /** One transaction for everything queued. Nobody hears of success before the commit is on disk. */
  #commitQueued(): void {
    const group = this.#queue;
    if (group.length === 0) return;
    this.#queue = [];
    this.#isWriting = true;
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      const outcomes = group.map((change) => this.#runAlone(change));
      this.#connection.exec('COMMIT');
      group.forEach((change, index) => settle(change, outcomes[index]));
    } catch (error) {
      this.#rollBack();
      const failure = this.#failureOf(error);
      for (const change of group) change.reject(failure);
    } finally {
      this.#isWriting = false;
    }
  }

  #runAlone(change: Change): Outcome {
    this.#connection.exec('SAVEPOINT change');
    try {
      const result = change.run(this.#database);
      if (result instanceof Promise) throw new StoreError('misused', 'a change must not wait for anything');
      this.#connection.exec('RELEASE change');
      return { result };
    } catch (error) {
      // A full disk or a failing one ends the whole transaction, and with it the others' changes.
      if (!this.#connection.inTransaction) throw error;
      this.#connection.exec('ROLLBACK TO change; RELEASE change');
      return { error };
    }
  }

  #rollBack(): void {
    if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
  }

  #failureOf(error: unknown): StoreError {
    return new StoreError('writeFailed', `${this.#label} could not be written: ${messageOf(error)}`, {
      cause: error,
    });
  }

  #closedError(): StoreError {
    return new StoreError('closed', `${this.#label} is closed`);
  }
}

function settle(change: Change, outcome: Outcome | undefined): void {
  if (outcome !== undefined && 'result' in outcome) change.resolve(outcome.result);
  else change.reject(outcome?.error);
}
