/** Index = schema version it starts from. `lsn` numbers every write: it makes the etag and orders the change feed. */
export const migrations: readonly string[] = [
  `CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE databases (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, writtenAt INTEGER NOT NULL);
   CREATE TABLE containers (
     number INTEGER PRIMARY KEY AUTOINCREMENT, database INTEGER NOT NULL, id TEXT NOT NULL,
     definition TEXT NOT NULL, version INTEGER NOT NULL, writtenAt INTEGER NOT NULL, UNIQUE (database, id));
   CREATE TABLE documents (
     lsn INTEGER PRIMARY KEY AUTOINCREMENT, container INTEGER NOT NULL, partition TEXT NOT NULL, id TEXT NOT NULL,
     born INTEGER, writtenAt INTEGER NOT NULL, expiresAt INTEGER, body TEXT NOT NULL);
   CREATE UNIQUE INDEX documents_by_key ON documents (container, partition, id);
   CREATE INDEX documents_by_expiry ON documents (expiresAt) WHERE expiresAt IS NOT NULL;
   CREATE TABLE unique_values (
     container INTEGER NOT NULL, partition TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
     PRIMARY KEY (container, partition, value)) WITHOUT ROWID;
   CREATE INDEX unique_values_by_id ON unique_values (container, partition, id);`,
];
