import { type Database } from '../../store';
import { badRequest, conflict, notFound } from '../failure';
import { areEqual, type Json, type JsonObject } from '../json';
import { type ContainerDefinition, parseContainerDefinition } from './container-definition';
import { findDatabase } from './databases';
import { expiryOf, parseBody } from './document';
import { ridOf } from './names';

export interface Container {
  readonly number: number;
  readonly rid: string;
  readonly databaseRid: string;
  readonly version: number;
  readonly writtenAt: number;
  readonly definition: ContainerDefinition;
}

interface ContainerRow {
  readonly number: number;
  readonly database: number;
  readonly definition: string;
  readonly version: number;
  readonly writtenAt: number;
}

const columns = 'number, database, definition, version, writtenAt';

export function findContainer(database: Database, databaseId: string, id: string): Container {
  const { number } = findDatabase(database, databaseId);
  const row = database.get<ContainerRow>(
    `SELECT ${columns} FROM containers WHERE database = ? AND id = ?`,
    number,
    id,
  );
  if (row === undefined) throw notFound(`container '${id}'`);
  return containerFrom(row);
}

export function listContainers(database: Database, databaseId: string): readonly Container[] {
  const { number } = findDatabase(database, databaseId);
  return database
    .all<ContainerRow>(`SELECT ${columns} FROM containers WHERE database = ? ORDER BY id`, number)
    .map(containerFrom);
}

export interface ContainerChange {
  readonly databaseId: string;
  readonly body: Json;
  readonly nowInMs: number;
}

export function createContainer(
  database: Database,
  { databaseId, body, nowInMs }: ContainerChange,
): Container {
  const definition = parseContainerDefinition(body);
  const { number } = findDatabase(database, databaseId);
  const { id } = definition;
  if (database.get('SELECT 1 FROM containers WHERE database = ? AND id = ?', number, id) !== undefined) {
    throw conflict(`container '${id}'`);
  }
  database.run(
    'INSERT INTO containers (database, id, definition, version, writtenAt) VALUES (?, ?, ?, 1, ?)',
    ...[number, id, JSON.stringify(definition), nowInMs],
  );
  return findContainer(database, databaseId, id);
}

/** The partition key and the unique keys of a container never change; how long documents live may. */
export function replaceContainer(
  database: Database,
  id: string,
  { databaseId, body, nowInMs }: ContainerChange,
): Container {
  const found = findContainer(database, databaseId, id);
  const definition = parseContainerDefinition(body);
  const fixed = ({ partitionKey, uniqueKeyPolicy }: ContainerDefinition): Json => [
    partitionKey.paths,
    (uniqueKeyPolicy?.uniqueKeys ?? []).map(({ paths }) => paths),
  ];
  if (definition.id !== id || !areEqual(fixed(definition), fixed(found.definition))) {
    throw badRequest('The id, the partition key and the unique keys of a container cannot be changed.');
  }
  database.run(
    'UPDATE containers SET definition = ?, version = version + 1, writtenAt = ? WHERE number = ?',
    ...[JSON.stringify(definition), nowInMs, found.number],
  );
  if (definition.defaultTtl !== found.definition.defaultTtl) {
    recomputeExpiry(database, found.number, definition.defaultTtl);
  }
  return findContainer(database, databaseId, id);
}

function recomputeExpiry(database: Database, container: number, defaultTtl: number | undefined): void {
  let after = 0;
  for (;;) {
    const rows = database.all<{ lsn: number; writtenAt: number; body: string }>(
      'SELECT lsn, writtenAt, body FROM documents WHERE container = ? AND lsn > ? ORDER BY lsn LIMIT 1000',
      ...[container, after],
    );
    for (const { lsn, writtenAt, body } of rows) {
      const expiresAt = expiryOf(parseBody(body), defaultTtl, writtenAt);
      database.run('UPDATE documents SET expiresAt = ? WHERE lsn = ?', expiresAt, lsn);
      after = lsn;
    }
    if (rows.length === 0) return;
  }
}

export function removeContainer(database: Database, databaseId: string, id: string): void {
  const { number } = findContainer(database, databaseId, id);
  database.run('DELETE FROM documents WHERE container = ?', number);
  database.run('DELETE FROM unique_values WHERE container = ?', number);
  database.run('DELETE FROM containers WHERE number = ?', number);
}

export function presentContainer(container: Container): JsonObject {
  const { rid, databaseRid, version, writtenAt, definition } = container;
  return {
    ...(definition as unknown as JsonObject),
    _rid: rid,
    _self: `dbs/${databaseRid}/colls/${rid}/`,
    _etag: `"${rid}-${version}"`,
    _ts: Math.floor(writtenAt / 1000),
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  };
}

function containerFrom(row: ContainerRow): Container {
  return {
    number: row.number,
    rid: ridOf(row.database, row.number),
    databaseRid: ridOf(row.database),
    version: row.version,
    writtenAt: row.writtenAt,
    // The server itself wrote it, after parsing what it was sent.
    definition: JSON.parse(row.definition) as ContainerDefinition,
  };
}
