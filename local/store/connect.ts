import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { messageOf, StoreError } from './errors';
import { type StoreOptions } from './store';

/** Opens the file for this process alone and brings it to the newest schema. */
export function connect(options: StoreOptions): Libsql.Database {
  const connection = openFile(options);
  try {
    lock(connection);
    migrate(connection, options);
    return connection;
  } catch (error) {
    release(connection);
    throw explained(error, options);
  }
}

/** Gives the file back. Closing alone would keep the lock until the statements are garbage collected. */
export function release(connection: Libsql.Database): void {
  try {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    connection.prepare('PRAGMA journal_mode = DELETE').all([]);
    connection.prepare('PRAGMA locking_mode = NORMAL').all([]);
    connection.prepare('SELECT count(*) FROM sqlite_schema').all([]);
  } catch {
    // A file that could not be read cannot be tidied either; closing is all that is left.
  }
  connection.close();
}

function openFile({ file, name }: StoreOptions): Libsql.Database {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    return new Libsql(file);
  } catch (error) {
    throw new StoreError('unreadable', `${name} (${file}) cannot be opened: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function lock(connection: Libsql.Database): void {
  connection.prepare('PRAGMA locking_mode = EXCLUSIVE').all([]);
  connection.prepare('PRAGMA journal_mode = WAL').all([]);
  connection.exec('PRAGMA synchronous = FULL');
  connection.exec('PRAGMA foreign_keys = ON');
  // The lock is taken by the first write, so there is one at once.
  connection.exec('BEGIN IMMEDIATE; COMMIT');
}

function migrate(connection: Libsql.Database, { migrations, name, file }: StoreOptions): void {
  const { user_version: found } = connection.prepare('PRAGMA user_version').get([]) as {
    user_version: number;
  };
  if (found > migrations.length) {
    throw new StoreError(
      'newerSchema',
      `${name} (${file}) was written by a newer program: its schema is version ${found}, ` +
        `this program knows versions up to ${migrations.length}`,
    );
  }
  migrations.slice(found).forEach((migration, index) => {
    connection.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${found + index + 1}; COMMIT`);
  });
}

function explained(error: unknown, { name, file }: StoreOptions): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: unknown }).code;
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') {
    return new StoreError('alreadyOpen', `${name} (${file}) is already open in another process`, {
      cause: error,
    });
  }
  return new StoreError('unreadable', `${name} (${file}) cannot be read: ${messageOf(error)}`, {
    cause: error,
  });
}
