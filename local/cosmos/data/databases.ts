import { type Database } from '../../store';
import { conflict, notFound } from '../failure';
import type { JsonObject } from '../json';
import { checkedId, ridOf } from './names';

export interface DatabaseRow {
  readonly number: number;
  readonly id: string;
  readonly writtenAt: number;
}

export function findDatabase(database: Database, id: string): DatabaseRow {
  const row = database.get<DatabaseRow>('SELECT number, id, writtenAt FROM databases WHERE id = ?', id);
  if (row === undefined) throw notFound(`database '${id}'`);
  return row;
}

export function listDatabases(database: Database): readonly DatabaseRow[] {
  return database.all<DatabaseRow>('SELECT number, id, writtenAt FROM databases ORDER BY id');
}

export function createDatabase(database: Database, id: unknown, nowInMs: number): DatabaseRow {
  const name = checkedId(id);
  if (database.get('SELECT 1 FROM databases WHERE id = ?', name) !== undefined) {
    throw conflict(`database '${name}'`);
  }
  database.run('INSERT INTO databases (id, writtenAt) VALUES (?, ?)', name, nowInMs);
  return findDatabase(database, name);
}

export function removeDatabase(database: Database, id: string): void {
  const { number } = findDatabase(database, id);
  const inside = '(SELECT number FROM containers WHERE database = ?)';
  database.run(`DELETE FROM documents WHERE container IN ${inside}`, number);
  database.run(`DELETE FROM unique_values WHERE container IN ${inside}`, number);
  database.run('DELETE FROM containers WHERE database = ?', number);
  database.run('DELETE FROM databases WHERE number = ?', number);
}

export function presentDatabase({ number, id, writtenAt }: DatabaseRow): JsonObject {
  const rid = ridOf(number);
  return {
    id,
    _rid: rid,
    _self: `dbs/${rid}/`,
    _etag: `"${rid}"`,
    _colls: 'colls/',
    _users: 'users/',
    _ts: Math.floor(writtenAt / 1000),
  };
}
