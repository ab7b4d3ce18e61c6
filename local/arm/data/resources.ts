import type { Database } from '../../store';
import { notFound } from '../failure';
import { keyOf, type Resource } from './resource';

interface Row {
  readonly body: string;
}

/** Tables of resources and their tags. Every function takes the database of the read or write that it is part of. */
export function findResource(database: Database, id: string): Resource | undefined {
  const row = database.get<Row>('SELECT body FROM resources WHERE key = ?', keyOf(id));
  return row && (JSON.parse(row.body) as Resource);
}

export function mustFind(database: Database, id: string): Resource {
  const found = findResource(database, id);
  if (found === undefined) throw notFound(id);
  return found;
}

export function putResource(database: Database, resource: Resource): void {
  const key = keyOf(resource.id);
  database.run(
    'INSERT INTO resources (key, type, body) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
    ...[key, resource.type.toLowerCase(), JSON.stringify(resource)],
  );
  database.run('DELETE FROM tags WHERE key = ?', key);
  for (const [name, value] of Object.entries(resource.tags ?? {})) {
    database.run('INSERT OR IGNORE INTO tags VALUES (?, ?, ?)', name.toLowerCase(), value, key);
  }
}

export function dropResource(database: Database, id: string): void {
  const key = keyOf(id);
  for (const table of ['resources', 'tags']) database.run(`DELETE FROM ${table} WHERE key = ?`, key);
  database.run('DELETE FROM addresses WHERE holder = ?', key);
}

/** All of a type, or of any type, whose id begins so. */
export function listResources(database: Database, prefix: string, type?: string): Resource[] {
  const from = `${keyOf(prefix)}/`;
  const to = `${keyOf(prefix)}0`;
  const rows =
    type === undefined
      ? database.all<Row>('SELECT body FROM resources WHERE key >= ? AND key < ? ORDER BY key', from, to)
      : database.all<Row>(
          'SELECT body FROM resources WHERE type = ? AND key >= ? AND key < ? ORDER BY key',
          ...[type.toLowerCase(), from, to],
        );
  return rows.map(({ body }) => JSON.parse(body) as Resource);
}

export function listByTag(database: Database, name: string, value: string): Resource[] {
  const rows = database.all<Row>(
    'SELECT body FROM resources JOIN tags USING (key) WHERE name = ? AND value = ? ORDER BY key',
    ...[name.toLowerCase(), value],
  );
  return rows.map(({ body }) => JSON.parse(body) as Resource);
}
